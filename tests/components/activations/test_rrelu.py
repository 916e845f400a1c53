import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit.components.activations import RReLU


def test_at_test_time_as_torch(check_curve):
    slope = 11 / 48
    check_curve(
        RReLU(dtype="float64"), lambda x: np.where(x > 0, x, slope * x), "rrelu"
    )


@pytest.mark.parametrize(
    ("average", "slope"),
    [
        ("arithmetic", 11 / 48),
        ("harmonic", 1 / 5.5),
        ("logarithmic", math.log(8 / 3) / 5),
    ],
)
def test_average(average, slope):
    layer = RReLU(average=average, dtype="float64")
    np.testing.assert_allclose(layer(np.array([[-1.0]]))[0, 0], -slope, rtol=1e-15)


@settings(max_examples=12, deadline=None)
@given(st.floats(0.01, 1), st.floats(0.01, 1), st.sampled_from(["slope", "divisor"]))
def test_slopes_lie_in_range_and_average_as_the_formula_says(a, b, draw):
    lower, upper = sorted((a, b))
    average = {"slope": "arithmetic", "divisor": "logarithmic"}[draw]
    layer = RReLU(
        lower=lower, upper=upper, average=average, draw=draw, seed=1, dtype="float64"
    )
    x = -np.ones((100, 500))
    slopes = -layer(x, training=True).numpy()
    assert slopes.min() >= lower * (1 - 1e-12)
    assert slopes.max() <= upper * (1 + 1e-12)
    expected = -float(layer(x[:1, :1])[0, 0])
    # 5e4 draws: the standard error of their mean is below (upper - lower) / 700
    assert abs(slopes.mean() - expected) <= 5 * (upper - lower) / 700 + 1e-12


def test_positive_inputs_pass_and_the_gradient_is_the_drawn_slope(value_and_slope):
    x = np.concatenate([np.full((1, 100), 3.0), np.full((1, 100), -2.0)])
    y, slope = value_and_slope(RReLU(seed=1, dtype="float64"), x, training=True)
    np.testing.assert_array_equal(y[0], x[0])
    np.testing.assert_array_equal(slope[0], 1)
    np.testing.assert_allclose(slope[1], y[1] / x[1])
    assert len(np.unique(slope[1])) == 100


def test_every_call_draws_anew_and_a_seed_repeats_them():
    x = -np.ones((1, 100), "float32")
    one, two = RReLU(seed=5), RReLU(seed=5)
    first, second = one(x, training=True), one(x, training=True)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(two(x, training=True), first)
    np.testing.assert_array_equal(two(x, training=True), second)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_does_not_bias_the_mean(dtype):
    x = tf.cast(-np.ones((500, 1000)), dtype)
    y = tf.cast(
        RReLU(lower=0.0, upper=1.0, seed=1, dtype=dtype)(x, training=True), "float64"
    )
    np.testing.assert_allclose(np.mean(y), -0.5, atol=2e-3)


def test_equal_bounds_are_a_leaky_relu():
    x = np.array([[-2.0, 2.0]])
    for average in ("arithmetic", "harmonic", "logarithmic"):
        layer = RReLU(lower=0.25, upper=0.25, average=average)
        np.testing.assert_array_equal(layer(x), [[-0.5, 2.0]])
        np.testing.assert_array_equal(layer(x, training=True), [[-0.5, 2.0]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lower": 1.2}, r"RReLU: lower must be in \[0, 1\], got 1.2"),
        ({"lower": -0.1}, r"RReLU: lower must be in \[0, 1\], got -0.1"),
        ({"lower": math.nan}, r"RReLU: lower must be in \[0, 1\], got nan"),
        (
            {"upper": 0.1},
            r"RReLU: upper must be in \[lower, 1\] = \[0.125, 1\], got 0.1",
        ),
        (
            {"upper": 1.5},
            r"RReLU: upper must be in \[lower, 1\] = \[0.125, 1\], got 1.5",
        ),
        (
            {"average": "median"},
            "average must be one of arithmetic, harmonic, logarithmic, got 'median'",
        ),
        ({"draw": "a"}, "RReLU: draw must be one of slope, divisor, got 'a'"),
        (
            {"lower": 0.0, "average": "harmonic"},
            r"RReLU: lower must be in \(0, 1\] with average='harmonic' .*, got 0.0",
        ),
        ({"lower": 0.0, "draw": "divisor"}, r"RReLU: lower must be in \(0, 1\]"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        RReLU(**arguments)
