"""Precision against recall: how pure the found events are."""

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
    """Draw precision over recall for the second class, each class or each label.

    Where there is one curve a dashed line shows the share of events, the precision of
    guessing. AP is the average precision, the area under the steps.

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
    weight = {"sample_weight": sample_weight}

    def trace(event: Event) -> Curve:
        pair = (event.happened, event.probability)
        precision, recall, _ = metrics.precision_recall_curve(
            *pair, drop_intermediate=True, **weight
        )
        area = metrics.average_precision_score(*pair, **weight)
        return Curve(recall, precision, float(area))

    found = events(task, y, scores, names)
    drawn, axes = curves_figure(found, trace, "AP")
    for line in axes.get_lines():
        line.set_drawstyle("steps-post")
    if len(found) == 1:
        share = np.average(found[0].happened, weights=sample_weight)
        axes.axhline(share, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.set(xlabel="recall", ylabel="precision")
    return drawn
