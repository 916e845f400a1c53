"""Learning curves: the loss by epoch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mlpkit.errors import DataError
from mlpkit.evaluation.figures.style import (
    MUTED,
    SERIES,
    add_legend,
    new_figure,
    thinned,
)

_LINES = (("loss", "training", SERIES[1]), ("val_loss", "validation", SERIES[0]))
_WIDE = 30.0  # of the highest to the lowest loss: from here on a logarithmic axis


def figure(
    history: Mapping[str, Sequence[float]], best_epoch: int | None = None
) -> Any:
    """Draw training and validation loss, the best epoch marked.

    Args:
        history: ``loss`` and, if known, ``val_loss`` by epoch, as Keras keeps them.
        best_epoch: Counted from 0, as Keras does; the axis counts from 1.

    Returns:
        A ``matplotlib.figure.Figure``.

    Raises:
        UsageError: matplotlib is not installed.
        DataError: The history has no loss, or the best epoch is not in it.
    """
    epochs = len(history.get("loss", ()))
    if epochs == 0:
        msg = f"learning curves: history must have 'loss', got {list(history)}"
        raise DataError(msg)
    if best_epoch is not None and not 0 <= best_epoch < epochs:
        msg = f"learning curves: best_epoch must be in [0, {epochs - 1}], got "
        raise DataError(f"{msg}{best_epoch}")
    drawn, (axes,) = new_figure()
    marker = "o" if epochs == 1 else None
    curves = {key: np.asarray(history.get(key, ()), np.float64) for key, *_ in _LINES}
    for key, name, color in _LINES:
        finite = np.flatnonzero(np.isfinite(curves[key]))
        if len(finite):
            x, y = thinned(finite + 1.0, curves[key][finite])
            axes.plot(x, y, color=color, linewidth=1.8, label=name, marker=marker)
    if best_epoch is not None:
        best = float((history.get("val_loss") or history["loss"])[best_epoch])
        axes.axvline(best_epoch + 1, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        label = f"best, epoch {best_epoch + 1}: {best:.4g}"
        axes.plot(best_epoch + 1, best, "o", color=SERIES[0], label=label)
    values = np.concatenate(list(curves.values()))
    values = values[np.isfinite(values)]
    if len(values) and values.min() > 0 and values.max() / values.min() > _WIDE:
        axes.set_yscale("log")
    axes.set(xlabel="epoch", ylabel="loss")
    axes.xaxis.get_major_locator().set_params(integer=True)
    add_legend(drawn, loc="outside lower center", ncols=3)
    return drawn
