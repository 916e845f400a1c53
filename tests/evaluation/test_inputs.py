import numpy as np
import pytest

from mlpkit.errors import DataError
from mlpkit.evaluation.inputs import (
    check_binary,
    check_classes,
    check_probabilities,
    check_rows,
    check_weight,
)


def test_weights_sum_to_one():
    found = check_weight("here", np.array([1, 3]), 2)
    assert found.tolist() == [0.25, 0.75]


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ([1.0], r"here: sample_weight must have shape \(2,\), got \(1,\)"),
        ([1.0, -1.0], "finite, >= 0 and not all 0"),
        ([0.0, 0.0], "not all 0"),
        ([np.nan, 1.0], "finite"),
    ],
)
def test_bad_weights(weight, said):
    with pytest.raises(DataError, match=said):
        check_weight("here", np.array(weight), 2)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"y": np.zeros(2), "scores": np.zeros((3, 1))}, "got y 2, scores 3"),
        ({"y": np.zeros(0)}, "here: y must have rows, got none"),
        ({"y": np.array([[0, 1], [0, np.nan]])}, "y must be finite.*row 1"),
    ],
)
def test_bad_rows(arrays, said):
    with pytest.raises(DataError, match=said):
        check_rows("here", **arrays)


def test_bad_targets_and_scores():
    with pytest.raises(DataError, match="y must be 0 or 1, got 2"):
        check_binary("here", np.array([0, 2]), np.array([0.1, 0.2]))
    with pytest.raises(DataError, match="same shape"):
        check_binary("here", np.array([0, 1]), np.zeros((2, 1)))
    with pytest.raises(DataError, match=r"in \[0, 1\], got -0.5 to 2"):
        check_probabilities("here", np.array([-0.5, 2.0]))
    with pytest.raises(DataError, match="from 0 to 1, got int64.*from 0 to 2"):
        check_classes("here", np.array([0, 2]), np.zeros((2, 2)))
    with pytest.raises(DataError, match="class indices"):
        check_classes("here", np.array([0.0, 1.0]), np.zeros((2, 2)))
