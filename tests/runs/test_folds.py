import numpy as np
import pytest

from mlpkit.errors import DataError
from mlpkit.runs.folds import folds

ROWS = np.arange(100, 203)


def test_every_row_once_and_sizes_alike():
    found = folds(ROWS, 5, classes=None, seed=1)
    assert sorted(np.concatenate(found)) == ROWS.tolist()
    assert {len(fold) for fold in found} == {20, 21}
    assert all((np.diff(fold) > 0).all() for fold in found)
    again, other = (folds(ROWS, 5, classes=None, seed=seed) for seed in (1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(found, again, strict=True))
    assert not np.array_equal(found[0], other[0])


def test_classes_are_spread_evenly():
    classes = np.repeat([0, 1, 2], [60, 36, 7])
    found = folds(ROWS, 4, classes=classes, seed=1)
    counts = [np.bincount(classes[fold - 100], minlength=3) for fold in found]
    assert np.ptp(counts, axis=0).max() <= 1
    assert np.ptp([len(fold) for fold in found]) <= 1


def test_more_folds_than_rows():
    with pytest.raises(DataError, match=r"5 folds need as many rows .* got 3"):
        folds(np.arange(3), 5, classes=None, seed=1)
