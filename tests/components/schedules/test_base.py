import numpy as np
import pytest

from mlpkit.components.schedules import Constant, Schedule
from mlpkit.components.schedules.base import fall


def test_falling_keeps_its_precision_near_the_end():
    remaining = np.array([1e-4], dtype=np.float32)
    exact = np.sin(np.float64(remaining) * np.pi / 2) ** 2
    np.testing.assert_allclose(fall(remaining, np), exact, rtol=1e-6)


@pytest.mark.parametrize("steps", [0, -1, 2.5, True, "3"])
def test_a_curve_needs_a_positive_number_of_steps(steps):
    with pytest.raises(ValueError, match="Constant: steps must be an integer >= 1"):
        Constant(0.1).curve(steps)


def test_a_schedule_without_a_formula_says_so():
    with pytest.raises(NotImplementedError, match="Schedule must define rate"):
        Schedule()(0)
