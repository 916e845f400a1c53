"""Receiver operating characteristic: events found against false alarms."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics

from mlpkit.config import TaskName
from mlpkit.evaluation.figures.one_against_rest import (
    Curve,
    Event,
    curves_figure,
    events,
)
from mlpkit.evaluation.figures.style import MUTED


def figure(
    task: TaskName,
    y: np.ndarray,
    scores: np.ndarray,
    names: Sequence[Any],
    *,
    sample_weight: np.ndarray | None = None,
) -> Any:
    """Draw the ROC curve of the second class, of each class or of each label.

    Args:
        task: Any but "regression".
        y: Class indices ``(rows,)``, or 0/1 ``(rows, labels)``.
        scores: Probabilities ``(rows, classes or labels)``.
        names: Of the scores' columns.
        sample_weight: Weight of each row.

    Returns:
        A ``matplotlib.figure.Figure``.

    Raises:
        UsageError: matplotlib is not installed.
        DataError: All rows are of one class, or the arrays do not fit.
    """

    def trace(event: Event) -> Curve:
        x, y, _ = metrics.roc_curve(
            event.happened, event.probability, sample_weight=sample_weight
        )
        return Curve(x, y, float(metrics.auc(x, y)))

    drawn, axes = curves_figure(events(task, y, scores, names), trace, "AUC")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.set(xlabel="false positive rate", ylabel="true positive rate")
    return drawn
