import numpy as np
import pytest

from mlpkit.components.optimizers.rate_parts import (
    ConstantRate,
    CorrectedSquares,
    LargestGradient,
    MeanOfSquares,
    RatioOfUpdates,
    SumOfSquares,
)

GRADIENT = np.array([3.0, -4.0])
DIRECTION = np.array([1.0, 1.0])


def apply(part, numbers, **slots):
    slots = {name: np.array(value) for name, value in slots.items()}
    return np.asarray(part.apply(DIRECTION, GRADIENT, slots, numbers)), slots


def test_constant_rate_changes_nothing():
    change, _ = apply(ConstantRate(), {})
    np.testing.assert_array_equal(change, DIRECTION)


@pytest.mark.parametrize("inside", [False, True])
def test_sum_of_squares(inside):
    part = SumOfSquares(epsilon=2.0, start=0.0, epsilon_inside=inside)
    change, slots = apply(part, {}, squares=[16.0, 9.0])
    np.testing.assert_allclose(slots["squares"], 25.0)
    np.testing.assert_allclose(change, 1 / np.sqrt(27) if inside else 1 / 7)


def test_mean_of_squares():
    part = MeanOfSquares("rho", epsilon=1.0, centered=False, epsilon_inside=False)
    change, _ = apply(part, {"squares_fresh": 0.5}, squares=[9.0, 16.0])
    np.testing.assert_allclose(change, [1 / 4, 1 / 5])


def test_centered_mean_of_squares_divides_by_the_spread():
    part = MeanOfSquares("rho", epsilon=1.0, centered=True, epsilon_inside=False)
    slots = {"squares": [25.0, 16.0], "gradient_mean": [0.0, -4.0]}
    change, _ = apply(part, {"squares_fresh": 0.0}, **slots)
    np.testing.assert_allclose(change, [1 / 6, 1.0])


def test_corrected_squares_can_keep_the_largest():
    part = CorrectedSquares("b", epsilon=1.0, epsilon_hat=False, keep_largest=True)
    numbers = {"squares_fresh": 1.0, "epsilon": 1.0}
    change, slots = apply(part, numbers, squares=[0.0, 0.0], largest=[100.0, 1.0])
    np.testing.assert_allclose(slots["largest"], [100.0, 16.0])
    np.testing.assert_allclose(change, [1 / 11, 1 / 5])


@pytest.mark.parametrize("outside", [False, True])
def test_largest_gradient(outside):
    part = LargestGradient("b", epsilon=1.0, epsilon_outside=outside)
    numbers = {"norm_past": 0.5, "norm_floor": 1.0}
    change, _ = apply(part, numbers, norm=[20.0, 0.0])
    expected = [1 / 11, 1 / 5] if outside else [1 / 10, 1 / 5]
    np.testing.assert_allclose(change, expected)


def test_ratio_of_updates_remembers_its_changes():
    part = RatioOfUpdates("rho", epsilon=1.0)
    slots = {"squares": [3.0, 8.0], "updates": [0.0, 3.0]}
    change, slots = apply(part, {"squares_fresh": 0.0}, **slots)
    np.testing.assert_allclose(change, [1 / 2, 2 / 3])
    np.testing.assert_allclose(slots["updates"], [0.0, 3.0])
