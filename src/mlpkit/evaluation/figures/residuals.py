"""Histogram of a regression's residuals."""

from typing import Any

import numpy as np

from mlpkit.evaluation.figures.style import (
    INK,
    SERIES,
    SURFACE,
    add_remark,
    new_figure,
    shown,
)
from mlpkit.evaluation.inputs import check_values, check_weight

_FAR = 1.5  # times the span of the middle 99 %: what lies beyond goes to the outer bars


def figure(
    y: np.ndarray,
    predicted: np.ndarray,
    target: str = "target",
    *,
    sample_weight: np.ndarray | None = None,
) -> Any:
    """Draw how predicted - true is spread.

    A few rows far out do not stretch the axis: the outermost bars hold them.

    Args:
        y: True values of one target, ``(rows,)``.
        predicted: Predicted values, ``(rows,)``.
        target: Its name.
        sample_weight: Weight of each row.

    Returns:
        A ``matplotlib.figure.Figure``.

    Raises:
        UsageError: matplotlib is not installed.
        DataError: The arrays do not fit.
    """
    y, predicted = check_values("figure", y, predicted)
    weight = check_weight("figure", sample_weight, len(y))
    residual = predicted - y
    drawn, (axes,) = new_figure()
    edges = _edges(residual)
    axes.hist(
        np.clip(residual, edges[0], edges[-1]),
        bins=edges,
        weights=weight,
        color=SERIES[0],
        edgecolor=SURFACE,
        linewidth=0.6,
    )
    axes.axvline(0, color=INK, linewidth=1)
    mean = float(weight @ residual)
    deviation = float(np.sqrt(weight @ np.square(residual - mean)))
    remark = f"mean {mean:.3g}, standard deviation {deviation:.3g}"
    far = int(((residual < edges[0]) | (residual > edges[-1])).sum())
    add_remark(axes, f"{remark}; {far} rows far out" if far else remark)
    axes.set(xlabel=f"predicted - true {shown(target)}", ylabel="share of rows")
    return drawn


def _edges(residual: np.ndarray) -> np.ndarray:
    """Of 8 to 40 bins of equal width."""
    low, high = np.quantile(residual, [0.005, 0.995])
    if np.ptp(residual) <= _FAR * (high - low):
        low, high = residual.min(), residual.max()
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, int(np.clip(np.sqrt(len(residual)), 8, 40)) + 1)
