import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.components.activations import LeakyReLU


def test_formula_derivative_and_torch(check_curve):
    check_curve(
        LeakyReLU(dtype="float64"), lambda x: np.where(x > 0, x, 0.01 * x), "leaky_relu"
    )


@given(st.floats(0, 1), st.floats(-1e6, 1e6, allow_subnormal=False))
def test_any_slope(slope, x):
    y = LeakyReLU(negative_slope=slope, dtype="float64")(np.array([[x]]))
    np.testing.assert_allclose(
        y[0, 0], max(x, 0) + slope * min(x, 0), rtol=1e-15, atol=1e-300
    )


@pytest.mark.parametrize("slope", [-0.1, 1.2, float("nan")])
def test_slope_out_of_range(slope):
    message = rf"LeakyReLU: negative_slope must be in \[0, 1\], got {slope}"
    with pytest.raises(ValueError, match=message):
        LeakyReLU(negative_slope=slope)
