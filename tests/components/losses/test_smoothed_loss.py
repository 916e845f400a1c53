import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.losses import BinaryCrossentropy, SparseCategoricalCrossentropy

LOSSES = [BinaryCrossentropy, SparseCategoricalCrossentropy]
every = pytest.mark.parametrize("cls", LOSSES)
Y = np.array([0, 1, 1], "float32")
Z = np.array([[2.0, -1.0], [0.5, 0.1], [0.0, 3.0]], "float32")


def outputs(cls):
    return Z[:, :1] if cls is BinaryCrossentropy else Z


@every
@pytest.mark.parametrize("jit", [False, True])
def test_smoothing_is_a_run_time_value(cls, jit):
    loss, traces = cls(from_logits=True), []

    @tf.function(jit_compile=jit)
    def step(z):
        traces.append(1)
        return loss(Y, z)

    for s in (0.0, 0.1, 0.37):
        loss.label_smoothing = s
        expected = cls(label_smoothing=s, from_logits=True)(Y, outputs(cls))
        np.testing.assert_allclose(step(outputs(cls)), expected, rtol=1e-6)
        assert loss.get_config()["label_smoothing"] == s
    assert len(traces) == 1


@every
def test_smoothing_can_be_set_inside_a_compiled_step(cls):
    loss = cls(from_logits=True)

    @tf.function(jit_compile=True)
    def step(s):
        loss.label_smoothing = s
        return loss(Y, outputs(cls))

    expected = cls(label_smoothing=0.25, from_logits=True)(Y, outputs(cls))
    np.testing.assert_allclose(step(tf.constant(0.25)), expected, rtol=1e-6)
    assert loss.get_config()["label_smoothing"] == 0.25


@every
@pytest.mark.parametrize("jit", [False, True])
def test_a_compiled_model_takes_it_without_another_trace(cls, jit):
    loss = cls(label_smoothing=0.1)
    end = "sigmoid" if cls is BinaryCrossentropy else "softmax"
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(outputs(cls).shape[1], end)]
    )
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss=loss, jit_compile=jit)
    before = float(model.train_on_batch(Z, Y))
    traced = model.train_function
    loss.label_smoothing = 0.4
    after = float(model.train_on_batch(Z, Y))
    assert model.train_function is traced
    expected = cls(label_smoothing=0.4)(Y, model(Z))
    np.testing.assert_allclose(after, expected, rtol=1e-5)
    assert before != after


@every
def test_it_is_no_state_of_the_model_and_is_saved_as_a_setting(cls, tmp_path):
    end = "sigmoid" if cls is BinaryCrossentropy else "softmax"
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, end)])
    loss = cls()
    model.compile("sgd", loss)
    loss.label_smoothing = 0.3
    assert len(model.variables) == len(model.weights) == 2
    model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    assert back.loss.get_config() == loss.get_config()
    assert float(back.loss.label_smoothing) == np.float32(0.3)


@every
@pytest.mark.parametrize("value", [-0.1, 1.0, float("nan")])
def test_bad_smoothing(cls, value):
    message = rf"{cls.__name__}: label_smoothing must be in \[0, 1\), got"
    with pytest.raises(ValueError, match=message):
        cls(label_smoothing=value)
    loss = cls(label_smoothing=0.2)
    with pytest.raises(ValueError, match=message):
        loss.label_smoothing = value
    assert loss.get_config()["label_smoothing"] == 0.2
