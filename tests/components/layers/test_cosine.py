import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.layers.cosine import cos_turns

RNG = np.random.default_rng(0)
TURNS = np.concatenate(
    [
        np.linspace(-2, 2, 40_001),
        RNG.uniform(-1000, 1000, 40_000),
        np.arange(-8, 9) / 8,
        [1e30, 0.0, -0.0],
    ]
).astype("float32")


def value_and_slope(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = cos_turns(x)
    return y, tape.gradient(y, x)


@pytest.mark.parametrize("jit", [False, True])
def test_value_and_derivative_are_right_to_2e_7(jit):
    y, slope = tf.function(value_and_slope, jit_compile=jit)(tf.constant(TURNS))
    assert y.dtype == "float32"
    angle = 2 * np.pi * np.remainder(TURNS.astype("float64"), 1)
    np.testing.assert_allclose(y, np.cos(angle), rtol=0, atol=2e-7)
    np.testing.assert_allclose(slope, -2 * np.pi * np.sin(angle), rtol=0, atol=1.5e-6)


def test_float64_is_exact():
    x = np.linspace(-2, 2, 1001)
    np.testing.assert_allclose(cos_turns(x), np.cos(2 * np.pi * x), rtol=0, atol=1e-15)


def test_second_derivative():
    x = tf.constant(np.linspace(-1, 1, 101), "float32")
    with tf.GradientTape() as tape:
        tape.watch(x)
        _, slope = value_and_slope(x)
    expected = -((2 * np.pi) ** 2) * np.cos(2 * np.pi * x.numpy().astype("float64"))
    np.testing.assert_allclose(tape.gradient(slope, x), expected, atol=1e-4)


def test_nan_and_infinity_become_nan():
    assert np.isnan(cos_turns(np.array([np.nan, np.inf], "float32"))).all()
