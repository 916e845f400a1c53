import numpy as np

from mlpkit.components.optimizers.gradient_parts import (
    HeavyBall,
    MovingAverage,
    NesterovAverage,
    PlainGradient,
)

GRADIENT = np.array([1.0, -2.0])


def test_plain_gradient_is_the_direction():
    assert PlainGradient().apply(GRADIENT, {}, {}) is GRADIENT
    assert PlainGradient().cycled == ""


def test_heavy_ball_keeps_rolling():
    slots = {"velocity": np.array([4.0, 0.0])}
    direction = HeavyBall("mu").apply(GRADIENT, slots, {"momentum": 0.5})
    np.testing.assert_array_equal(direction, [3.0, -2.0])
    np.testing.assert_array_equal(slots["velocity"], direction)


def test_heavy_ball_can_look_ahead():
    slots = {"velocity": np.array([4.0, 0.0])}
    part = HeavyBall("mu", nesterov=True)
    direction = part.apply(GRADIENT, slots, {"momentum": 0.5})
    np.testing.assert_array_equal(direction, [2.5, -3.0])


def test_heavy_ball_can_keep_the_rate_inside():
    slots = {"velocity": np.array([4.0, 0.0])}
    numbers = {"momentum": 0.5, "inner_rate": 0.1}
    direction = HeavyBall("mu", rate_inside=True).apply(GRADIENT, slots, numbers)
    np.testing.assert_allclose(direction, [2.1, -0.2])


def test_moving_average_moves():
    slots = {"mean": np.array([4.0, 0.0])}
    direction = MovingAverage("beta").apply(GRADIENT, slots, {"mean_fresh": 0.25})
    np.testing.assert_array_equal(direction, [3.25, -0.5])


def test_nesterov_average_mixes_mean_and_gradient():
    slots = {"mean": np.array([4.0, 0.0])}
    numbers = {"mean_fresh": 0.25, "from_mean": 2.0, "from_gradient": 10.0}
    direction = NesterovAverage("beta", pace=1.0).apply(GRADIENT, slots, numbers)
    np.testing.assert_array_equal(direction, [16.5, -21.0])


def test_parts_name_the_momentum_that_a_schedule_may_drive():
    assert HeavyBall("mu").cycled == "mu"
    assert MovingAverage("beta").cycled == "beta"
    assert NesterovAverage("beta", pace=1.0).cycled == "beta"
