import numpy as np

from mlpkit.components.activations import SiLU


def test_formula_derivative_and_torch(check_curve):
    check_curve(SiLU(dtype="float64"), lambda x: x / (1 + np.exp(-x)), "silu")


def test_smallest_value():
    x = np.linspace(-3, 0, 30001)
    assert round(float(np.min(SiLU(dtype="float64")(x))), 4) == -0.2785
