"""Weights of rows and of classes."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from mlpkit.data import Split, Target
from mlpkit.data.target import check_columns
from mlpkit.errors import DataError, UsageError, suggest


def sample_weights(table: pa.Table, name: str | None) -> np.ndarray | None:
    """Return the column of row weights, float64 ``(rows,)``; None without a name.

    Raises:
        UsageError: There is no such column.
        DataError: A weight is negative or not finite, or all are zero.
    """
    if name is None:
        return None
    check_columns(table, [name], what="data.sample_weight")
    values = table.column(name)
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        weight = values.cast(pa.float64(), safe=False).to_numpy()
        if np.isfinite(weight).all() and weight.min() >= 0 and weight.max() > 0:
            return weight
    msg = f"data.sample_weight: column '{name}' must hold finite numbers >= 0, "
    raise DataError(f"{msg}not all 0")


def check_parts(sample: np.ndarray | None, split: Split) -> None:
    """Raise a `DataError` where all rows of a part have no weight."""
    for part, rows in split.parts().items():
        if sample is not None and len(rows) and sample[rows].max() == 0:
            msg = f"data.sample_weight: {part} rows must have a weight above 0, all "
            raise DataError(f"{msg}{len(rows)} have none; see [split]")


def class_weights(
    given: str | Mapping[str, float] | None, target: Target, counts: np.ndarray
) -> np.ndarray | None:
    """Return the weight of each class, ``(classes,)``, or None.

    Args:
        given: "balanced", ``rows / (classes · rows of the class)``; or by label.
        target: Its classes.
        counts: Training rows of each class.

    Raises:
        UsageError: The task has no classes, or no class of that label.
    """
    if given is None:
        return None
    if target.task in {"regression", "multilabel"}:
        msg = f"data.class_weight: takes a task with classes, got '{target.task}'"
        raise UsageError(msg)
    labels = [str(label) for label in target.classes]
    if isinstance(given, Mapping):
        for label in given:
            if label not in labels:
                msg = f"data.class_weight: no class {label!r}{suggest(label, labels)}"
                raise UsageError(msg)
        return np.array([given.get(label, 1.0) for label in labels])
    return counts.sum() / (len(labels) * np.maximum(counts, 1))


def training_weights(
    sample: np.ndarray | None, by_class: np.ndarray | None, y: np.ndarray
) -> np.ndarray | None:
    """Return sample weight times class weight, float32 ``(rows,)``, or None."""
    weight = sample
    if by_class is not None:
        weight = by_class[y] if weight is None else weight * by_class[y]
    return None if weight is None else weight.astype(np.float32)
