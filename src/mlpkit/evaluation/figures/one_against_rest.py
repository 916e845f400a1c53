"""Classes and labels as events that happen or not, each with its probability."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlpkit.config import TaskName
from mlpkit.errors import DataError
from mlpkit.evaluation.figures.style import (
    MUTED,
    SERIES,
    add_legend,
    new_figure,
    shown,
    thinned,
)
from mlpkit.evaluation.inputs import check_rows

_LOWEST_NAMED = 4


@dataclass(frozen=True)
class Event:
    """A class against the rest, or a label.

    Attributes:
        name: Of the class or label.
        happened: Mask, ``(rows,)``.
        probability: Foretold, ``(rows,)``.
    """

    name: str
    happened: np.ndarray
    probability: np.ndarray


@dataclass(frozen=True)
class Curve:
    """A line of the figure and the area under it."""

    x: np.ndarray
    y: np.ndarray
    area: float


def events(
    task: TaskName, y: np.ndarray, scores: np.ndarray, names: Sequence[Any]
) -> list[Event]:
    """Return the events that happen in some rows and not in others.

    Two classes make one event, the second class.

    Raises:
        DataError: There is none, or the arrays do not fit.
    """
    check_rows("figure", y=y, scores=scores)
    if scores.ndim != 2 or scores.shape[1] != len(names):
        msg = f"figure: scores must have shape (rows, {len(names)}), got {scores.shape}"
        raise DataError(msg)
    first = 1 if task != "multilabel" and len(names) == 2 else 0
    found = []
    for i in range(first, len(names)):
        happened = y[:, i] == 1 if task == "multilabel" else y == i
        if happened.any() and not happened.all():
            found.append(Event(shown(names[i]), happened, scores[:, i]))
    if not found:
        msg = "figure: some rows must be of a class and some not, got one class only"
        raise DataError(msg)
    return found


def curves_figure(
    found: Sequence[Event], trace: Callable[[Event], Curve], area: str
) -> tuple[Any, Any]:
    """Return a figure with a curve for each event, named below it, and its axes.

    Up to eight events each have a colour; of more, those of the least area.
    """
    named = len(found) if len(found) <= len(SERIES) else _LOWEST_NAMED + 1
    figure, (axes,) = new_figure(height=3.4 + 0.2 * -(-named // 2))
    traced = [(event, trace(event)) for event in found]
    if len(found) > len(SERIES):
        traced.sort(key=lambda pair: pair[1].area)
        for i, (_, curve) in enumerate(traced[_LOWEST_NAMED:]):
            others = f"{len(found) - _LOWEST_NAMED} others"
            least = traced[_LOWEST_NAMED][1].area
            label = None if i else f"{others}, {area} ≥ {least:.3f}"
            x, y = thinned(curve.x, curve.y, 100)
            axes.plot(x, y, color=MUTED, alpha=0.35, linewidth=1.2, label=label)
        traced = traced[:_LOWEST_NAMED]
    for color, (event, curve) in zip(SERIES, traced, strict=False):
        label = f"{event.name}, {area} {curve.area:.3f}"
        x, y = thinned(curve.x, curve.y)
        axes.plot(x, y, color=color, linewidth=1.8, label=label)
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.02))
    add_legend(figure, loc="outside lower center", ncols=min(2, named))
    return figure, axes
