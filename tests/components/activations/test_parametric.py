import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.components.activations import (
    ACTIVATIONS,
    GELU,
    SELU,
    Parametric,
    PReLU,
    RReLU,
    Tanh,
)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_starts_as_the_activation_to_the_last_bit(name, dtype):
    x = tf.cast(np.linspace(-300, 300, 601)[None], dtype)
    inner = ACTIVATIONS[name](dtype=dtype)
    expected = inner(x)
    y = Parametric(inner, dtype=dtype)(x)
    np.testing.assert_array_equal(tf.cast(y, "float64"), tf.cast(expected, "float64"))


@given(st.floats(-2, 2, width=16), st.floats(-50, 50))
def test_formula(alpha, x):
    layer = Parametric(Tanh(dtype="float64"), initial_alpha=alpha, dtype="float64")
    y = layer(np.array([[x]]))
    expected = x + alpha * (np.tanh(x) - x)
    np.testing.assert_allclose(y[0, 0], expected, rtol=1e-13, atol=1e-13)


def test_derivatives_by_x_and_by_alpha():
    layer = Parametric(SELU(dtype="float64"), initial_alpha=0.7, dtype="float64")
    x = np.linspace(-4.95, 4.95, 100).reshape(50, 2)
    point = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(point)
        y = layer(point)
    by_x, by_alpha = tape.gradient(y, [point, layer.alpha.value])
    h = 1e-6
    differences = (layer(x + h) - layer(x - h)) / (2 * h)
    np.testing.assert_allclose(by_x, differences, atol=1e-8)
    bent = SELU(dtype="float64")(x)
    np.testing.assert_allclose(by_alpha, np.sum(bent - x, axis=0), rtol=1e-13)


def test_one_alpha_per_unit_or_one():
    for shared, shape in ((False, (3,)), (True, (1,))):
        layer = Parametric(GELU(), shared=shared)
        layer.build((None, 3))
        assert layer.alpha.shape == shape
        assert [w.name for w in layer.trainable_weights] == ["alpha"]


def test_inner_weights_and_randomness_come_along():
    layer = Parametric(PReLU())
    layer.build((None, 3))
    assert len(layer.trainable_weights) == 2
    random = Parametric(RReLU(seed=1))
    x = -np.ones((1, 50), "float32")
    assert np.ptp(random(x, training=True)) > 0
    assert np.ptp(random(x, training=False)) == 0


def test_bad_arguments():
    with pytest.raises(
        ValueError, match="activation must be a Keras layer, got 'selu'"
    ):
        Parametric("selu")
    with pytest.raises(ValueError, match="initial_alpha must be finite, got nan"):
        Parametric(SELU(), initial_alpha=float("nan"))
