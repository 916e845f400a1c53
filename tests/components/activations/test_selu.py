import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.activations import SELU

SCALE, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


def formula(x):
    return SCALE * np.where(x > 0, x, ALPHA * np.expm1(np.minimum(x, 0)))


def test_formula():
    # TensorFlow's kernel takes exp(x) - 1: its error near 0 is 1e-16, absolute
    x = np.linspace(-30, 30, 601)
    y = SELU(dtype="float64")(x)
    np.testing.assert_allclose(y, formula(x), rtol=4e-16, atol=5e-16)


def test_torch(torch_reference, value_and_slope):
    y, slope = value_and_slope(SELU(dtype="float64"), np.array(torch_reference["x"]))
    theirs = torch_reference["selu"]
    np.testing.assert_allclose(y, theirs["y"], rtol=4e-16, atol=5e-16)
    np.testing.assert_allclose(slope, theirs["dy"], rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("jit", [False, True])
def test_derivative_at_zero_does_not_depend_on_the_compiler(jit, value_and_slope):
    layer = SELU(dtype="float64")
    slope = tf.function(layer, jit_compile=jit)
    np.testing.assert_allclose(
        value_and_slope(slope, np.zeros((1, 1)))[1], SCALE * ALPHA
    )


def test_mean_zero_and_variance_one_are_a_fixed_point():
    # over N(0, 1), by quadrature
    x, weight = np.polynomial.hermite_e.hermegauss(100)
    y = SELU(dtype="float64")(x).numpy()
    weight = weight / weight.sum()
    np.testing.assert_allclose([weight @ y, weight @ y**2], [0, 1], atol=3e-3)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_stops_at_the_largest_float(dtype):
    largest = tf.as_dtype(dtype).max
    x = tf.cast(tf.constant([[float(largest)]], "float64"), dtype)
    assert float(SELU(dtype=dtype)(x)[0, 0]) == float(largest)
