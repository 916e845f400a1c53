"""The one style of all figures: colours, axes, legends, names."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mlpkit.errors import UsageError

INK = "#1b2530"
MUTED = "#5b6776"
GRID = "#dbe0e6"
SURFACE = "#fefefe"
SERIES = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#332288",
    "#882255",
)  # fmt: skip
"""Told apart with every colour vision: Okabe & Ito 2008, then Tol 2021."""

WIDTH = 5.0  # inches of one panel: text stays legible on a phone


def new_figure(
    *,
    height: float = 3.6,
    columns: int = 1,
    height_ratios: Sequence[float] = (1,),
) -> tuple[Any, np.ndarray]:
    """Return a figure, made without pyplot, and its axes, ``(rows * columns,)``.

    Raises:
        UsageError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        msg = "figures: matplotlib must be installed; pip install mlpkit[plot]"
        raise UsageError(msg) from None
    figure = Figure(
        figsize=(WIDTH * columns, height), layout="constrained", facecolor=SURFACE
    )
    grid = figure.subplots(
        len(height_ratios),
        columns,
        sharex="col" if len(height_ratios) > 1 else False,
        height_ratios=height_ratios,
        squeeze=False,
    )
    for axes in grid.ravel():
        _dress(axes)
    return figure, grid.ravel()


def _dress(axes: Any) -> None:
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    axes.grid(color=GRID, linewidth=0.7)
    axes.tick_params(color=GRID, labelcolor=MUTED, labelsize=9)
    for side, spine in axes.spines.items():
        spine.set(visible=side in {"left", "bottom"}, color=GRID)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(color=MUTED, fontsize=9)


def add_legend(place: Any, **where: Any) -> None:
    """Name the artists of axes, or of a figure, that have a label."""
    place.legend(fontsize=8.5, labelcolor=INK, frameon=False, **where)


def add_remark(axes: Any, text: str) -> None:
    """Write a line above the axes."""
    axes.set_title(text, fontsize=9, color=MUTED)


def shown(name: object, longest: int = 28) -> str:
    """Return a name as figures show it: one line, not too long, never a formula.

    >>> shown("a  very long name of a class, too long to be shown")
    'a very long name of a class…'
    """
    text = " ".join(str(name).split())
    if len(text) > longest:
        text = text[: longest - 1].rstrip(" ,") + "…"
    text = text.replace("$", r"\$")
    return f" {text}" if text.startswith("_") else text  # matplotlib would hide it


def thinned(x: np.ndarray, y: np.ndarray, most: int = 400) -> list[np.ndarray]:
    """Return at most so many points of a curve, evenly along it, ends included."""
    if len(x) <= most:
        return [x, y]
    spans = [np.ptp(x) or 1.0, np.ptp(y) or 1.0]
    steps = np.hypot(np.diff(x) / spans[0], np.diff(y) / spans[1])
    along = np.append(0, np.cumsum(steps))
    kept = np.unique(np.searchsorted(along, np.linspace(0, along[-1], most)))
    kept = np.unique([0, *kept, len(x) - 1])
    return [x[kept], y[kept]]
