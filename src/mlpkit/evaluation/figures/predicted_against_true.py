"""Predicted against true values of a regression."""

from typing import Any

import numpy as np

from mlpkit.evaluation.figures.style import (
    MUTED,
    SERIES,
    add_remark,
    new_figure,
    shown,
)
from mlpkit.evaluation.inputs import check_values

_MOST_POINTS = 2000


def figure(y: np.ndarray, predicted: np.ndarray, target: str = "target") -> Any:
    """Draw a point for each row; on the diagonal the answer is right.

    Of more than 2000 rows as many are drawn, chosen at random.

    Args:
        y: True values of one target, ``(rows,)``.
        predicted: Predicted values, ``(rows,)``.
        target: Its name.

    Returns:
        A ``matplotlib.figure.Figure``.

    Raises:
        UsageError: matplotlib is not installed.
        DataError: The arrays do not fit.
    """
    y, predicted = check_values("figure", y, predicted)
    drawn, (axes,) = new_figure()
    rows = np.arange(len(y))
    if len(y) > _MOST_POINTS:
        generator = np.random.default_rng(0)
        rows = generator.choice(len(y), _MOST_POINTS, replace=False)
        add_remark(axes, f"{_MOST_POINTS:,} of {len(y):,} rows")
    both = np.concatenate([y, predicted])
    ends = [both.min(), both.max()]
    axes.plot(ends, ends, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.scatter(
        y[rows],
        predicted[rows],
        s=16,
        color=SERIES[0],
        alpha=0.55 if len(rows) < 500 else 0.3,
        linewidth=0,
    )
    name = shown(target)
    axes.set(xlabel=f"true {name}", ylabel=f"predicted {name}")
    return drawn
