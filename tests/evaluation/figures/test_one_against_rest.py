import numpy as np
import pytest

from mlpkit.errors import DataError
from mlpkit.evaluation.figures.one_against_rest import Curve, curves_figure, events


def test_two_classes_are_one_event():
    p = np.array([0.2, 0.9])
    (found,) = events("binary", np.array([0, 1]), np.stack([1 - p, p], 1), "ab")
    assert found.name == "b"
    assert found.happened.tolist() == [False, True]
    assert found.probability.tolist() == [0.2, 0.9]


def test_classes_without_rows_have_no_event():
    found = events("multiclass", np.array([0, 2, 0]), np.full((3, 3), 1 / 3), "abc")
    assert [e.name for e in found] == ["a", "c"]


def test_labels():
    y = np.array([[1, 0, 1], [0, 1, 1]])
    found = events("multilabel", y, np.full((2, 3), 0.5), "abc")
    assert [e.name for e in found] == ["a", "b"]


def test_of_many_the_worst_are_named():
    names = [str(i) for i in range(12)]
    y = np.arange(24) % 12
    found = events("multiclass", y, np.full((24, 12), 1 / 12), names)
    line = np.array([0.0, 1.0])
    figure, axes = curves_figure(
        found, lambda e: Curve(line, line, 1 - int(e.name) / 20), "AUC"
    )
    texts = [t.get_text() for t in figure.legends[0].get_texts()]
    assert texts == [
        "8 others, AUC ≥ 0.650",
        "11, AUC 0.450",
        "10, AUC 0.500",
        "9, AUC 0.550",
        "8, AUC 0.600",
    ]
    assert len(axes.get_lines()) == 12


@pytest.mark.parametrize(
    ("y", "scores", "said"),
    [
        ([1, 1], np.full((2, 2), 0.5), "got one class only"),
        ([0, 1], np.full((2, 3), 0.5), r"shape \(rows, 2\), got \(2, 3\)"),
        ([0, 1], np.full((3, 2), 0.5), "equally many rows"),
    ],
)
def test_bad_input(y, scores, said):
    with pytest.raises(DataError, match=said):
        events("binary", np.array(y), scores, "ab")
