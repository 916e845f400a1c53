import numpy as np
import pytest

from mlpkit.errors import DataError
from mlpkit.evaluation.figures import predicted_against_true


def test_points_and_diagonal():
    y, predicted = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 5.0], np.float32)
    axes = predicted_against_true.figure(y, predicted, "price").axes[0]
    points = axes.collections[0].get_offsets()
    np.testing.assert_array_equal(points, np.stack([y, predicted], 1))
    assert axes.get_lines()[0].get_xydata().tolist() == [[1, 1], [5, 5]]
    assert axes.get_xlabel() == "true price"


def test_many_rows_are_thinned_and_it_says_so():
    y = np.arange(5000.0)
    axes = predicted_against_true.figure(y, y).axes[0]
    assert len(axes.collections[0].get_offsets()) == 2000
    assert axes.get_title() == "2,000 of 5,000 rows"


def test_bad_input():
    with pytest.raises(DataError, match=r"shape \(2,\), got \(2, 1\)"):
        predicted_against_true.figure(np.zeros((2, 1)), np.zeros(2))
