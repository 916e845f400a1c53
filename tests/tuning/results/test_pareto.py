import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.errors import UsageError
from mlpkit.tuning.results.pareto import non_dominated

NUMBERS = st.sampled_from([0.0, 1.0, 2.0, 3.0, math.nan, math.inf, -math.inf])


def brute_force(rows, directions):
    """Straight from the definition, in plain Python."""

    def better(a, b, direction):
        return a < b if direction == "min" else a > b

    def beats(a, b):
        never_worse = not any(
            better(y, x, d) for x, y, d in zip(a, b, directions, strict=True)
        )
        once = any(better(x, y, d) for x, y, d in zip(a, b, directions, strict=True))
        return never_worse and once

    whole = [row for row in rows if all(map(math.isfinite, row))]
    return [
        row in whole and not any(beats(other, row) for other in whole) for row in rows
    ]


@given(st.data())
def test_as_by_definition(data):
    count = data.draw(st.integers(1, 3))
    directions = data.draw(
        st.lists(st.sampled_from(["min", "max"]), min_size=count, max_size=count)
    )
    row = st.tuples(*[NUMBERS] * count)
    rows = data.draw(st.lists(row, max_size=12))
    values = np.array(rows, float).reshape(len(rows), count)
    assert non_dominated(values, directions).tolist() == brute_force(rows, directions)


def test_ties_stay():
    assert non_dominated(np.ones((3, 2)), ["min", "max"]).all()


@pytest.mark.parametrize(
    ("shape", "directions", "message"),
    [
        ((3,), ["min"], r"values must be \(rows, 1\), got \(3,\)"),
        ((3, 2), ["min"], r"values must be \(rows, 1\), got \(3, 2\)"),
        ((3, 1), ["up"], "must be 'min' or 'max', got 'up'"),
    ],
)
def test_bad_input(shape, directions, message):
    with pytest.raises(UsageError, match=message):
        non_dominated(np.zeros(shape), directions)
