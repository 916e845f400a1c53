import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit.components.activations import Mish


def by_definition(x):
    return x * np.tanh(np.logaddexp(0, x))


def test_formula_derivative_and_torch(check_curve):
    check_curve(Mish(dtype="float64"), by_definition, "mish", kink=False)


def test_smallest_value():
    x = np.linspace(-3, 0, 30001)
    assert round(float(np.min(Mish(dtype="float64")(x))), 4) == -0.3088


def test_second_derivative(value_and_slope):
    x, h = np.linspace(-6, 6, 49), 1e-6
    layer = Mish(dtype="float64")
    point = tf.constant(x)
    with tf.GradientTape() as outer:
        outer.watch(point)
        with tf.GradientTape() as inner:
            inner.watch(point)
            y = layer(point)
        slope = inner.gradient(y, point)
    differences = (
        value_and_slope(layer, x + h)[1] - value_and_slope(layer, x - h)[1]
    ) / (2 * h)
    np.testing.assert_allclose(outer.gradient(slope, point), differences, atol=1e-8)


@pytest.mark.parametrize("jit", [False, True])
def test_the_left_tail_keeps_its_digits(jit):
    x = np.linspace(-80, -5, 151).astype("float32")
    y = tf.function(Mish(), jit_compile=jit)(x)
    np.testing.assert_allclose(y, by_definition(x.astype("float64")), rtol=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.floats(20, 1e300))
def test_is_the_identity_far_to_the_right(x):
    assert float(Mish(dtype="float64")(np.array([x]))[0]) == x
