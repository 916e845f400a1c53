import numpy as np
import pytest

from mlpkit.components.schedules import FlatCosine


@pytest.mark.parametrize("flat", [0.0, 0.5, 0.72])
def test_equals_the_published_formula(flat):
    t = np.minimum(np.arange(120) / 100, 1.0)
    falling = 0.5 * (1 + np.cos(np.pi * (np.maximum(t, flat) - flat) / (1 - flat)))
    schedule = FlatCosine(3.0, total_steps=100, flat_fraction=flat)
    np.testing.assert_allclose(schedule.curve(120), 3.0 * falling, atol=1e-14)


def test_a_flat_part_of_everything_is_refused():
    message = r"FlatCosine: flat_fraction must be in \[0, 1\), got 1"
    with pytest.raises(ValueError, match=message):
        FlatCosine(1.0, total_steps=10, flat_fraction=1)
