"""Values in the type of their column's kind, or the first one that does not fit."""

import numpy as np
import pyarrow as pa
import pytest

from mlpkit.data.convert import as_kind, convert
from mlpkit.errors import DataError


def column(*values):
    whole = pa.array(values)
    return pa.chunked_array([whole.slice(0, 2), whole.slice(2)])


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (column("1.5", None, "1e3"), "numeric", [1.5, None, 1000.0]),
        (column(1.0, np.inf, 3.0), "categorical", [1, None, 3]),
        (column(0, 1, None), "boolean", [False, True, None]),
        (column(True, False, None), "categorical", ["true", "false", None]),
        (column(2**60 + 1, 1, 2), "numeric", [2**60 + 1, 1, 2]),
    ],
)
def test_values_that_fit(values, kind, expected):
    assert as_kind(values, kind, "x").to_pylist() == expected


@pytest.mark.parametrize(
    ("values", "kind", "said"),
    [
        (column("1", "2", "3", "abc", "x"), "numeric", "numbers, got 'abc' in row 13;"),
        (column("1", "2", "3", None, ""), "numeric", "numbers, got '' in row 14;"),
        (column(0, 1, 2, 3), "boolean", "true/false or 0/1, got 2 in row 12;"),
        (column(1.0, 2.0, 2.5), "categorical", "or text, got 2.5 in row 12;"),
        (column([1], [2]), "numeric", "numbers, got values of type list"),
    ],
)
def test_the_first_misfit_is_named_with_its_row(values, kind, said):
    with pytest.raises(DataError, match=f"column 'x': values must be .*{said}"):
        as_kind(values, kind, "x", first_row=10)


def test_the_first_of_many_rows():
    for row in (0, 1, 499, 998, 999):
        values = [str(i) for i in range(1000)]
        values[row:] = ["bad"] * (1000 - row)
        with pytest.raises(DataError, match=f"got 'bad' in row {row};"):
            convert(pa.chunked_array([values]), pa.float64(), "x", "numbers", 0)


def test_no_row_where_values_are_no_rows_of_a_table():
    with pytest.raises(DataError, match="got 'a'; correct"):
        as_kind(column("a", "b"), "numeric", "x")
