import numpy as np
import pytest

from mlpkit.errors import DataError
from mlpkit.evaluation.figures import learning_curves

HISTORY = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 2.0, 2.5]}


def test_epochs_count_from_one():
    figure = learning_curves.figure(HISTORY, best_epoch=1)
    axes = figure.axes[0]
    training, validation = axes.get_lines()[:2]
    assert training.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert validation.get_ydata().tolist() == HISTORY["val_loss"]
    named = [t.get_text() for t in figure.legends[0].get_texts()]
    assert named == ["training", "validation", "best, epoch 2: 2"]


def test_without_validation():
    figure = learning_curves.figure({"loss": [1.0]}, best_epoch=0)
    assert len(figure.legends[0].get_texts()) == 2


def test_wide_ranges_have_a_logarithmic_axis():
    losses = list(np.geomspace(100, 0.1, 20))
    assert learning_curves.figure({"loss": losses}).axes[0].get_yscale() == "log"
    assert learning_curves.figure(HISTORY).axes[0].get_yscale() == "linear"


def test_epochs_that_diverged_are_left_out():
    losses = [1.0, float("nan"), float("inf")]
    axes = learning_curves.figure({"loss": losses}).axes[0]
    assert axes.get_lines()[0].get_xdata().tolist() == [1]


@pytest.mark.parametrize(
    ("history", "best", "said"),
    [
        ({}, None, "must have 'loss'"),
        ({"accuracy": [1]}, None, "got .'accuracy'."),
        (HISTORY, 3, r"best_epoch must be in \[0, 2\], got 3"),
    ],
)
def test_bad_input(history, best, said):
    with pytest.raises(DataError, match=said):
        learning_curves.figure(history, best)
