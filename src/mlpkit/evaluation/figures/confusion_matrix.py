"""Confusion matrix: which class is taken for which."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics

from mlpkit.errors import DataError
from mlpkit.evaluation.figures.style import INK, SERIES, SURFACE, new_figure, shown
from mlpkit.evaluation.inputs import check_rows

_MOST_CLASSES = 20
_MOST_WITH_NUMBERS = 12


def figure(
    y: np.ndarray,
    chosen: np.ndarray,
    classes: Sequence[Any],
    *,
    sample_weight: np.ndarray | None = None,
) -> Any:
    """Draw true classes down, chosen classes across, shaded by the share of a row.

    Of more than 20 classes the rarest are pooled as "other".

    Args:
        y: True class indices, ``(rows,)``.
        chosen: Class indices of the answers, ``(rows,)``.
        classes: Names of the classes.
        sample_weight: Weight of each row; the numbers are then sums of weights.

    Returns:
        A ``matplotlib.figure.Figure``.

    Raises:
        UsageError: matplotlib is not installed.
        DataError: The arrays do not fit.
    """
    check_rows("confusion matrix", y=y, chosen=chosen)
    if max(y.max(), chosen.max()) >= len(classes):
        msg = f"confusion matrix: indices must be below {len(classes)}, got "
        raise DataError(f"{msg}{max(y.max(), chosen.max())}")
    cells = metrics.confusion_matrix(
        y, chosen, labels=np.arange(len(classes)), sample_weight=sample_weight
    )
    longest = 28 if len(classes) <= 6 else 16
    cells, names = _pooled(cells, [shown(name, longest) for name in classes])
    side = 1.2 + 0.34 * len(names)
    drawn, (axes,) = new_figure(height=min(max(3.0, side), 5.4))
    _draw(axes, cells)
    ticks = np.arange(len(names))
    axes.set_yticks(ticks, names)
    turned = len(names) > 4 or max(map(len, names)) > 8
    angle = (90 if len(names) > _MOST_WITH_NUMBERS else 40) if turned else 0
    axes.set_xticks(
        ticks,
        names,
        rotation=angle,
        ha="right" if turned else "center",
        va="center" if angle == 90 else "top",
        rotation_mode="anchor",
    )
    axes.set(xlabel="answer", ylabel="true class")
    axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(names) - 0.5, -0.5))
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    return drawn


def _pooled(cells: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Most frequent classes in their order, then the others as one."""
    if len(names) <= _MOST_CLASSES:
        return cells, names
    frequent = np.argsort(-cells.sum(axis=1), kind="stable")[: _MOST_CLASSES - 1]
    kept = np.sort(frequent)
    place = np.full(len(names), len(kept))
    place[kept] = np.arange(len(kept))
    pooled = np.zeros((len(kept) + 1, len(kept) + 1), cells.dtype)
    np.add.at(pooled, (place[:, None], place[None, :]), cells)
    others = f"{len(names) - len(kept)} other"
    return pooled, [*(names[i] for i in kept), others]


def _draw(axes: Any, cells: np.ndarray) -> None:
    from matplotlib.patches import Rectangle

    totals = cells.sum(axis=1, keepdims=True)
    shares = cells / np.where(totals > 0, totals, 1)
    for (i, j), share in np.ndenumerate(shares):
        if cells[i, j] == 0 and i != j:
            continue
        place = (j - 0.48, i - 0.48)
        axes.add_patch(
            Rectangle(place, 0.96, 0.96, color=SERIES[0], alpha=share, linewidth=0)
        )
        if len(cells) <= _MOST_WITH_NUMBERS:
            number = f"{cells[i, j]:.4g}" if cells.dtype.kind == "f" else cells[i, j]
            text = f"{number}\n{share:.0%}" if len(cells) <= 6 else f"{number}"
            color = SURFACE if share > 0.8 else INK
            axes.text(j, i, text, ha="center", va="center", color=color, fontsize=9)
