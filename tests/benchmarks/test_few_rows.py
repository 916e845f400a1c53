"""Which rows `benchmarks/few_rows.py` learns from."""

import numpy as np
import pandas as pd
import pytest


@pytest.mark.parametrize(
    ("rows", "sizes"), [(0, (60, 20, 20)), (40, (30, 10, 60)), (80, (60, 20, 20))]
)
def test_parts_are_apart_and_as_large_as_told(rows, sizes):
    from contest.tables import Table
    from few_rows import parts_of

    y = np.linspace(0, 1, 100)
    table = Table("made", "regression", pd.DataFrame({"x": y}), y, 1, 100)
    parts = parts_of(table, rows, 0)
    assert tuple(len(part) for part in parts) == sizes
    assert sorted(np.concatenate(parts)) == list(range(100))
    again, other = parts_of(table, rows, 0), parts_of(table, rows, 1)
    assert all((a == b).all() for a, b in zip(parts, again, strict=True))
    assert any((a != b).any() for a, b in zip(parts, other, strict=True))
