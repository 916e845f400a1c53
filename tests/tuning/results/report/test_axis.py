import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.tuning.results.report.axis import Axis, axis_over

NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)


def test_at():
    assert Axis(2.0, 4.0).at(2.5) == 0.25
    assert Axis(1e-4, 1e-2, log=True).at(1e-3) == pytest.approx(0.5)
    assert Axis(0.0, 1.0).at(7.0) == 1.0
    assert Axis(1.0, 10.0, log=True).at(-3.0) == 0.0


@pytest.mark.parametrize(
    ("axis", "ticks"),
    [
        (Axis(1.0, 4.0), [1, 2, 3, 4]),
        (Axis(0.13, 0.31), [0.15, 0.2, 0.25, 0.3]),
        (Axis(-7.0, 12.0), [-5, 0, 5, 10]),
        (Axis(3.0, 40.0, log=True), [3, 10, 30]),
        (Axis(1e-8, 1e4, log=True), [1e-8, 1e-5, 1e-2, 10, 1e4]),
        (Axis(16.0, 24.0, log=True), [16, 18, 20, 22, 24]),
    ],
)
def test_ticks_are_round(axis, ticks):
    assert axis.ticks() == pytest.approx(ticks)


@given(NUMBERS, st.floats(1e-3, 1e6))
def test_ticks_lie_within(low, span):
    axis = Axis(low, low + span)
    found = axis.ticks()
    edge = 1e-6 * span
    assert all(low - edge <= tick <= low + span + edge for tick in found)
    assert 2 <= len(found) <= 7


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_axis_over_holds_all(values):
    axis = axis_over(values)
    assert axis.low < axis.high
    assert axis.low <= min(values)
    assert axis.high >= max(values)
    assert all(math.isfinite(axis.at(value)) for value in values)


def test_axis_over_lets_the_worst_lie_outside():
    values = [*range(1, 100), 10_000]
    assert axis_over(values).log
    low = axis_over(values, sign=1)
    assert low.high < 200
    assert low.low <= 1
    high = axis_over([-v for v in values], sign=-1)
    assert high.low > -200
    assert high.high >= -1


def test_axis_over_little():
    assert axis_over([]) == Axis(0.0, 1.0)
    assert axis_over([0.0]).at(0.0) == 0.5
    assert axis_over([5.0]).at(5.0) == pytest.approx(0.5)
