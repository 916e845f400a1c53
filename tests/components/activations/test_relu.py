import numpy as np

from mlpkit.components.activations import ReLU


def test_formula_derivative_and_torch(check_curve):
    check_curve(ReLU(dtype="float64"), lambda x: np.maximum(x, 0), "relu")


def test_derivative_at_zero_is_zero(value_and_slope):
    assert value_and_slope(ReLU(), np.zeros((1, 1), "float32"))[1] == 0
