import numpy as np
import pytest

from mlpkit.components.schedules.phases import check_joints, walk


def test_values_are_met_exactly_at_the_joints_and_held_outside():
    joints, values = [0.0, 3.0, 10.0], [0.1, 0.7, 1e-9]
    step = np.array([-5.0, 0.0, 3.0, 10.0, 99.0])
    for linear in (True, False):
        got = walk(step, np, joints=joints, values=values, linear=linear)
        np.testing.assert_array_equal(got, [0.1, 0.1, 0.7, 1e-9, 1e-9])


def test_half_way_along_half_a_cosine_is_half_the_change():
    got = walk(np.array([5.0]), np, joints=[0, 10], values=[1, 3], linear=False)
    np.testing.assert_allclose(got, 2.0)


def test_joints_must_rise():
    with pytest.raises(ValueError, match=r"object: total_steps must give .* got 7"):
        check_joints(object(), [0.0, 4.0, 4.0], 7)
