import numpy as np
import pyarrow as pa

from mlpkit.data import Target
from mlpkit.estimators.rows import Rows

TARGET = Target(("y",), "binary", ("no", "yes"))


def rows(weight=None, by_class=None):
    table = pa.table({"a": [3.0, 1.0, 2.0], "b": ["z", "x", None]})
    return Rows(table, TARGET, np.array([1, 0, 1]), weight, by_class)


def test_whole_weights_become_rows_in_order():
    found = rows(np.array([2.0, 0, 1])).settled()
    assert found.table.column("a").to_pylist() == [2.0, 3.0, 3.0]
    assert found.y.tolist() == [1, 1, 1]
    assert found.weight() is None


def test_other_weights_stay_weights_of_mean_one():
    found = rows(np.array([0.5, 0, 1]), np.array([1.0, 1, 2])).settled()
    assert found.table.column("a").to_pylist() == [3.0, 2.0]
    np.testing.assert_allclose(found.weight(), [0.4, 1.6])
    many = rows(np.array([20_000.0, 0, 1])).settled()
    assert many.table.num_rows == 2


def test_rows_are_sorted_whatever_their_columns_hold():
    table = pa.table({"b": [True, False, True], "l": [[1], [2], []], "n": pa.nulls(3)})
    found = Rows(table, TARGET, np.array([1, 1, 0])).settled()
    assert found.table.column("b").to_pylist() == [False, True, True]
    assert found.y.tolist() == [1, 0, 1]
