import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.optimizers import SGD, Adam, Momentum
from mlpkit.components.schedules import OneCycle


def test_the_model_is_not_part_of_the_state():
    weight = keras.Variable(np.ones(3), name="kernel")
    optimizer = Adam()
    optimizer.build([weight])
    assert all(v is not weight for v in optimizer.variables)


def test_building_twice_changes_nothing():
    weight = keras.Variable(np.ones(3))
    optimizer = Adam()
    optimizer.build([weight])
    before = optimizer.variables
    optimizer.build([weight])
    assert all(a is b for a, b in zip(before, optimizer.variables, strict=True))


def test_the_first_step_in_a_graph_creates_the_state():
    weight = keras.Variable([1.0])
    optimizer = Momentum(0.5, momentum=0.5)
    step = tf.function(lambda g: optimizer.apply([g], [weight]), autograph=False)
    step(tf.constant([1.0]))
    step(tf.constant([1.0]))
    assert float(weight.numpy()[0]) == -0.25


def test_an_unknown_variable_is_refused():
    optimizer = SGD()
    optimizer.build([keras.Variable([1.0])])
    with pytest.raises(ValueError, match="Unknown variable"):
        optimizer.apply([keras.ops.array([1.0])], [keras.Variable([1.0])])


def test_gradients_without_variables_need_a_built_optimizer():
    with pytest.raises(ValueError, match="must already be built"):
        SGD().apply([keras.ops.array([1.0])])
    optimizer = SGD()
    optimizer.build([keras.Variable([1.0])])
    with pytest.raises(ValueError, match="must match"):
        optimizer.apply([keras.ops.array([1.0])] * 2)


def test_constraints_are_applied_after_the_step():
    weight = keras.Variable([1.0])
    weight.constraint = keras.constraints.NonNeg()
    SGD(10.0).apply([keras.ops.array([1.0])], [weight])
    assert float(weight.numpy()[0]) == 0.0


def test_from_config_leaves_the_config_alone():
    config = SGD(OneCycle(0.1, total_steps=10)).get_config()
    kept = {**config}
    SGD.from_config(config)
    assert config == kept


def test_a_momentum_that_a_schedule_drives_cannot_be_set():
    optimizer = Momentum(OneCycle(0.1, total_steps=10))
    with pytest.raises(ValueError, match="Momentum: momentum must be left to the sch"):
        optimizer.momentum = 0.5


def test_any_schedule_with_a_momentum_drives_it():
    class Falling(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 1.0

        def momentum(self, step):
            return 0.5 / (1.0 + tf.cast(step, "float32"))

    optimizer = Momentum(Falling())
    weight = keras.Variable([0.0])
    for _ in range(3):
        optimizer.apply([keras.ops.array([1.0])], [weight])
    assert float(optimizer.momentum) == pytest.approx(0.5 / 3)


def test_a_pure_float16_gradient_survives_its_loss_scale():
    weight = keras.Variable([1.0], dtype="float16")
    scaled = keras.ops.convert_to_tensor([1e-3], "float16")
    SGD(1e7, loss_scale_factor=2.0**20).apply([scaled], [weight])
    # 1e-3 / 2^20 is zero in float16.
    expected = 1.0 - 1e7 * float(np.float16(1e-3)) / 2**20
    assert float(weight.numpy()[0]) == pytest.approx(expected, rel=1e-3)


def test_reduce_on_plateau_can_set_the_rate():
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(Adam(1.0), "mse")
    callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=0, factor=0.5)
    x = np.zeros((4, 2))
    model.fit(x, x[:, :1] + np.nan, epochs=3, verbose=0, callbacks=[callback])
    assert float(model.optimizer.learning_rate) < 1.0
    assert int(model.optimizer.skipped_steps) == 3
    assert np.isfinite(model.get_weights()[0]).all()


def test_keras_can_swap_averaged_weights():
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(Adam(0.1, use_ema=True), "mse")
    x = np.random.default_rng(0).normal(size=(16, 2))
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    model.fit(
        x,
        x[:, :1],
        epochs=2,
        verbose=0,
        validation_data=(x, x[:, :1]),
        callbacks=[swap],
    )
    assert np.isfinite(model.get_weights()[0]).all()
