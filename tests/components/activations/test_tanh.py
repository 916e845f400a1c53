import numpy as np

from mlpkit.components.activations import Tanh


def test_formula_derivative_and_torch(check_curve):
    check_curve(Tanh(dtype="float64"), np.tanh, "tanh")
