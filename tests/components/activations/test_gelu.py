import math

import numpy as np
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit.components.activations import GELU


def tanh_form(x):
    # 1 + tanh(u) as 2 / (1 + exp(-2u)): the sum would cancel to 0 on the left
    u = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    with np.errstate(over="ignore"):
        return x / (1 + np.exp(-2 * u))


def exact(x):
    return np.array([0.5 * v * math.erfc(-v / math.sqrt(2)) for v in x])


def test_tanh_form_and_derivative(check_curve):
    check_curve(GELU(dtype="float64"), tanh_form, kink=False)


def test_torch(torch_reference, value_and_slope):
    x = np.array(torch_reference["x"])
    for approximate, name in ((True, "gelu"), (False, "gelu_exact")):
        y, slope = value_and_slope(GELU(approximate=approximate, dtype="float64"), x)
        np.testing.assert_allclose(y, torch_reference[name]["y"], rtol=0, atol=2e-15)
        np.testing.assert_allclose(
            slope, torch_reference[name]["dy"], rtol=0, atol=2e-15
        )


def test_exact_form_is_x_times_the_normal_distribution():
    x = np.linspace(-12, 12, 481)
    y = GELU(approximate=False, dtype="float64")(x)
    np.testing.assert_allclose(y, exact(x), rtol=1e-13)


@settings(max_examples=100, deadline=None)
@given(st.floats(-1e308, 1e308))
def test_the_forms_differ_by_at_most_48e_5(x):
    y = float(GELU(dtype="float64")(np.array([x]))[0])
    assert abs(y - exact([x])[0]) <= 4.8e-4


def test_the_largest_difference_is_where_theory_has_it():
    x = np.linspace(-6, 6, 120001)
    difference = np.abs(GELU(dtype="float64")(x) - exact(x))
    np.testing.assert_allclose(np.max(difference), 4.732e-4, atol=1e-7)
    assert abs(abs(x[np.argmax(difference)]) - 2.699) < 1e-3


def test_second_derivative(value_and_slope):
    x, h = np.linspace(-6, 6, 49), 1e-6
    layer = GELU(dtype="float64")
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


def test_gradient_exists_where_the_cube_overflows(value_and_slope):
    # Keras 3.15.1 gives NaN here
    x = tf.constant([-300.0, 300.0], "float16")
    _, slope = value_and_slope(GELU(dtype="float16"), x)
    np.testing.assert_array_equal(slope, [0, 1])
