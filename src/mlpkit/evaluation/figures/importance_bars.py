"""Permutation importance as bars."""

from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.errors import DataError
from mlpkit.evaluation.figures.style import (
    INK,
    MUTED,
    SERIES,
    add_remark,
    new_figure,
    shown,
)
from mlpkit.evaluation.metrics import higher_is_better


def figure(importance: pa.Table, metric: str, *, most: int = 20) -> Any:
    """Draw the drop in the metric for each column, the most important on top.

    Args:
        importance: From `permutation_importance`; whiskers are its ``std``.
        metric: What it was measured by, for its direction and name.
        most: Columns drawn.

    Returns:
        A ``matplotlib.figure.Figure``.

    Raises:
        UsageError: matplotlib is not installed.
        DataError: The table has no rows.
    """
    if importance.num_rows == 0:
        msg = "importance: the table must have rows, got none"
        raise DataError(msg)
    rows = importance.slice(0, most)
    places = np.arange(rows.num_rows)
    change = "drop" if higher_is_better(metric) else "rise"
    drawn, (axes,) = new_figure(height=0.9 + 0.24 * rows.num_rows)
    axes.barh(
        places,
        rows["importance"].to_numpy(),
        xerr=rows["std"].to_numpy(),
        height=0.66,
        color=SERIES[0],
        error_kw={"ecolor": MUTED, "elinewidth": 1.2},
    )
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(places, [shown(name) for name in rows["column"].to_pylist()])
    axes.set(
        ylim=(rows.num_rows - 0.4, -0.6), xlabel=f"{change} of {metric} without it"
    )
    axes.grid(visible=False, axis="y")
    axes.locator_params(axis="x", nbins=6)
    if rows.num_rows < importance.num_rows:
        title = f"{rows.num_rows} most important of {importance.num_rows} columns"
        add_remark(axes, title)
    return drawn
