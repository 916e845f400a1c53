import numpy as np

from mlpkit.components.activations import ELU


def test_formula_and_derivative(check_curve):
    # TensorFlow's kernel takes exp(x) - 1: its error near 0 is 1e-16, absolute
    layer = ELU(dtype="float64")
    x = np.linspace(-30, 30, 601)
    np.testing.assert_allclose(
        layer(x), np.where(x > 0, x, np.expm1(np.minimum(x, 0))), rtol=0, atol=2e-16
    )


def test_torch(torch_reference, value_and_slope):
    y, slope = value_and_slope(ELU(dtype="float64"), np.array(torch_reference["x"]))
    np.testing.assert_allclose(y, torch_reference["elu"]["y"], rtol=0, atol=2e-16)
    np.testing.assert_allclose(slope, torch_reference["elu"]["dy"], rtol=0, atol=4e-16)
