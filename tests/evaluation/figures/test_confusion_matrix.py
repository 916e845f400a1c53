import numpy as np
import pytest

from mlpkit.errors import DataError
from mlpkit.evaluation.figures import confusion_matrix

Y = np.array([0, 0, 0, 1, 1, 2])
CHOSEN = np.array([0, 0, 1, 1, 1, 0])


def texts(figure):
    """By (true class, answer)."""
    axes = figure.axes[0]
    return {
        (t.get_position()[1], t.get_position()[0]): t.get_text() for t in axes.texts
    }


def test_numbers_and_shares_of_rows():
    figure = confusion_matrix.figure(Y, CHOSEN, ["a", "b", "c"])
    assert texts(figure) == {
        (0, 0): "2\n67%",
        (0, 1): "1\n33%",
        (1, 1): "2\n100%",
        (2, 0): "1\n100%",
        (2, 2): "0\n0%",
    }
    shades = [patch.get_alpha() for patch in figure.axes[0].patches]
    assert shades == pytest.approx([2 / 3, 1 / 3, 1, 1, 0])
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert labels == ["a", "b", "c"]


def test_weights_are_summed():
    weight = np.array([1, 1, 0.5, 1, 1, 1])
    figure = confusion_matrix.figure(Y, CHOSEN, "abc", sample_weight=weight)
    assert texts(figure)[0, 1] == "0.5\n20%"


def test_rare_classes_are_pooled():
    y = np.concatenate([np.repeat(np.arange(19), 10), np.arange(19, 30)])
    figure = confusion_matrix.figure(y, y, [f"c{i}" for i in range(30)])
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert labels == [*(f"c{i}" for i in range(19)), "11 other"]
    assert not figure.axes[0].texts
    assert len(figure.axes[0].patches) == 20


def test_bad_input():
    with pytest.raises(DataError, match="indices must be below 2, got 2"):
        confusion_matrix.figure(Y, CHOSEN, ["a", "b"])
    with pytest.raises(DataError, match="equally many rows"):
        confusion_matrix.figure(Y, CHOSEN[1:], ["a", "b", "c"])
