"""A loss that is not finite: where, when, and the weights before it."""

import keras
import numpy as np
import pytest

from mlpkit import optimizers
from mlpkit.training import fit

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(100, 3)).astype("float32")
Y = X[:, :1]


class LogOfInput(keras.layers.Layer):
    def call(self, x):
        return keras.ops.log(x)


def model(optimizer=None, middle=None):
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="first")])
    network.add(middle or keras.layers.ReLU(name="second"))
    network.add(keras.layers.Dense(1, name="third"))
    network.compile(optimizer or keras.optimizers.SGD(0.01), "mse")
    return network


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@pytest.mark.slow
def test_names_epoch_step_and_layer_and_keeps_the_weights_before(jit_compile):
    """Rows come in order, so the bad one is in step 3; Keras tells the weights."""
    x = np.abs(X) + 0.1
    x[35] = -1

    def logs():
        network = model(middle=LogOfInput(name="second"))
        network.layers[0].set_weights([np.eye(3, 4) + 0.1, np.zeros(4)])
        return network

    network, reference = logs(), logs()
    options = {"batch_size": 10, "shuffle": False, "epochs": 5}
    with pytest.warns(RuntimeWarning, match="epoch 1, step 4; first in the output of"):
        history = fit(network, x, Y, jit_compile=jit_compile, **options)
    found = history.divergence
    assert (found.epoch, found.step) == (0, 3)
    assert "'second'" in found.where
    assert len(history.epoch) == 1
    reference.fit(x[:30], Y[:30], batch_size=10, shuffle=False, verbose=0)
    for ours, theirs in zip(network.weights, reference.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    assert int(network.optimizer.iterations) == 3


def test_found_among_many_epochs_of_one_call():
    """Steps are too large from epoch 41 on, where epochs run together."""
    network = model(
        optimizers.SGD(
            keras.optimizers.schedules.PiecewiseConstantDecay(
                [40 * 10 + 3], [0.01, 1e30]
            ),
            skip_nonfinite=False,
        )
    )
    with pytest.warns(RuntimeWarning, match="the loss is not finite in epoch 41"):
        history = fit(network, X, Y, batch_size=10, epochs=60)
    assert history.divergence.epoch == 40
    assert history.divergence.step == 5  # the step after the huge one
    assert all(np.isfinite(w).all() for w in network.get_weights())
    assert int(network.optimizer.iterations) == 40 * 10 + 5


def test_best_weights_are_restored_after_a_divergence():
    network = model()

    class Jump(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.01 if epoch < 3 else 1e30

    with pytest.warns(RuntimeWarning, match="epoch 4"):
        history = fit(
            network, X, Y, epochs=9, validation_data=(X, Y), callbacks=[Jump()]
        )
    best = min(v for v in history.history["val_loss"] if np.isfinite(v))
    assert network.evaluate(X, Y, verbose=0) == pytest.approx(best, rel=1e-5)


@pytest.mark.parametrize("lent", [False, True])
def test_looking_for_the_layer_changes_no_statistics(lent):
    x = np.abs(X) + 0.1
    x[35] = -1

    def network():
        keras.utils.set_random_seed(1)
        net = keras.Sequential([keras.Input((3,)), LogOfInput(name="log")])
        net.add(keras.layers.BatchNormalization())
        net.add(keras.layers.Dense(1))
        net.compile("sgd", "mse")
        return net

    if lent:
        fit(network(), np.abs(X) + 0.1, Y, batch_size=10)
    net = network()
    with pytest.warns(RuntimeWarning, match="first in the output of layer 'log'"):
        fit(net, x, Y, batch_size=10, shuffle=False)
    assert all(np.isfinite(w).all() for w in net.get_weights())


class OwnStep(keras.Sequential):
    """Tells its loss, and not Keras' tracker of it."""

    def train_step(self, data):
        self.count.assign_add(1.0)
        return {"loss": keras.ops.where(self.count > 2, np.nan, 1.0)}


def test_a_step_of_ones_own_diverges_too():
    net = OwnStep([keras.Input((3,)), keras.layers.Dense(1)])
    net.count = net.add_weight(shape=(), initializer="zeros", trainable=False)
    net.compile("sgd", "mse")
    with pytest.warns(RuntimeWarning, match="epoch 1, step 3"):
        fit(net, X, Y, batch_size=20)


def test_weights_spoiled_by_the_very_last_step_are_found():
    """No loss comes after it: the weights themselves tell."""
    network = model(keras.optimizers.SGD(1e38), keras.layers.Activation("linear"))
    before = network.get_weights()
    with pytest.warns(RuntimeWarning, match="first in the weight"):
        history = fit(network, 1e6 * X, 1e6 * Y, batch_size=100)
    assert history.divergence.step == 0
    for ours, start in zip(network.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, start)
