import numpy as np
import pyarrow as pa
import pytest
from sklearn.utils.class_weight import compute_class_weight

from mlpkit.data import Split, Target
from mlpkit.errors import DataError, UsageError
from mlpkit.runs.weights import (
    check_parts,
    class_weights,
    sample_weights,
    training_weights,
)

TARGET = Target(("y",), "multiclass", ("a", "b", "c"))
Y = np.array([0, 0, 0, 1, 1, 2])


def test_balanced_against_scikit_learn():
    found = class_weights("balanced", TARGET, np.bincount(Y))
    expected = compute_class_weight("balanced", classes=np.arange(3), y=Y)
    np.testing.assert_allclose(found, expected)
    assert class_weights("balanced", TARGET, np.array([3, 0, 1])).tolist() == [
        4 / 9, 4 / 3, 4 / 3,
    ]  # fmt: skip


def test_by_label():
    assert class_weights({"b": 3.0}, TARGET, Y).tolist() == [1, 3, 1]
    assert class_weights(None, TARGET, Y) is None
    with pytest.raises(UsageError, match="no class 'd'"):
        class_weights({"d": 3.0}, TARGET, Y)
    with pytest.raises(UsageError, match="takes a task with classes, got 'regression'"):
        class_weights("balanced", Target(("y",), "regression"), np.empty(0))


def test_rows_and_classes_multiply():
    by_class, sample = np.array([1.0, 2, 3]), np.arange(1.0, 7)
    found = training_weights(sample, by_class, Y)
    assert found.dtype == np.float32
    assert found.tolist() == [1, 2, 3, 8, 10, 18]
    assert training_weights(None, by_class, Y).tolist() == [1, 1, 1, 2, 2, 3]
    assert training_weights(sample, None, Y).tolist() == sample.tolist()
    assert training_weights(None, None, Y) is None


@pytest.mark.parametrize("values", [[1.0, -1], [0, 0], [1.0, None], ["a", "b"]])
def test_weights_that_are_none(values):
    with pytest.raises(DataError, match="column 'w' must hold finite numbers >= 0"):
        sample_weights(pa.table({"w": values}), "w")
    with pytest.raises(UsageError, match="no such column"):
        sample_weights(pa.table({"w": values}), "v")
    assert sample_weights(pa.table({"w": values}), None) is None


def test_every_part_needs_some_weight():
    split = Split(np.array([0, 1]), np.array([2]), np.array([3, 4]))
    check_parts(None, split)
    check_parts(np.array([0, 1, 1, 0, 1.0]), split)
    with pytest.raises(DataError, match="validation rows must have a weight above 0"):
        check_parts(np.array([1, 1, 0, 0, 1.0]), split)
    with pytest.raises(DataError, match="test rows .* all 2 have none"):
        check_parts(np.array([1, 1, 1, 0, 0.0]), split)
