"""y and the weights of the rows, checked and as numbers."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.utils import check_array
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d

from mlpkit.config import TaskName
from mlpkit.data import Target
from mlpkit.data.texts import ENOUGH_ROWS, look_alike
from mlpkit.errors import DataError, UsageError
from mlpkit.estimators.tables import is_missing

_LARGEST = float(np.finfo(np.float32).max) / 10  # answers are float32


def numbers(y: Any, rows: int) -> tuple[np.ndarray, tuple[str, ...], bool]:
    """Return y as float64 ``(rows, targets)``, its names, and whether it is 1-D.

    Raises:
        ValueError: Not numbers, not finite, or not as many as rows.
    """
    names = _names(y)
    _check_no_text(y)
    values = check_array(
        y, dtype=np.float64, ensure_2d=False, input_name="y", ensure_min_samples=0
    )
    _check_length(values, rows)
    if values.ndim == 2 and values.shape[1] == 1:
        values = column_or_1d(values, warn=True)
    if values.ndim > 2:
        msg = f"y must have shape (rows,) or (rows, targets), got {values.shape}"
        raise DataError(msg)
    if values.size and np.abs(values).max() > _LARGEST:
        msg = f"y must be within ±{_LARGEST:.0e}, the range of float32, got "
        raise DataError(f"{msg}{values.flat[np.abs(values).argmax()]:g}; scale it")
    single = values.ndim == 1
    columns = values[:, None] if single else values
    return columns, names or _numbered(columns.shape[1], single=single), single


def labels(y: Any, rows: int) -> tuple[np.ndarray, tuple[str, ...], bool]:
    """Return a classification's y, its names, and whether it is multi-label.

    Raises:
        ValueError: Missing labels, a continuous y, or not as many as rows.
    """
    names = _names(y)
    values = np.asarray(y)
    _check_length(values, rows)
    if values.dtype.kind == "O" and any(is_missing(v) for v in values.flat):
        msg = "Input y contains NaN: every row must have a label"
        raise DataError(msg)
    if values.dtype.kind == "f":
        check_array(values, ensure_2d=False, input_name="y", ensure_min_samples=0)
    _check_repeats(values)
    check_classification_targets(values)
    kind = type_of_target(values, input_name="y")
    if kind == "multilabel-indicator":
        return values, names or _numbered(values.shape[1], single=False), True
    if kind == "multiclass-multioutput":
        msg = "y must be one column of classes, or 0/1 per label, got several columns"
        raise DataError(f"{msg} of classes: shape {values.shape}")
    return column_or_1d(values, warn=True), (*names[:1], "y")[:1], False


def _check_no_text(y: Any) -> None:
    values = np.asarray(y)
    if values.dtype.kind in "mM":
        msg = f"y must be numbers, got {values.dtype}; give them as a number of days"
        raise DataError(msg)
    if values.dtype.kind not in "OU":
        return
    texts = [v for v in values.flat if isinstance(v, str)]
    if texts and not all(map(_is_number, texts)):
        wrong = next(v for v in texts if not _is_number(v))
        told = look_alike(pa.chunked_array([texts])) or f"the text {str(wrong)!r}"
        msg = f"y must be numbers, got {told}"
        raise DataError(msg)


def _check_repeats(y: np.ndarray) -> None:
    if y.dtype.kind not in "OU" or y.ndim > 1 or len(y) < ENOUGH_ROWS:
        return
    texts = [str(v) for v in y]
    if (count := len(set(texts))) > len(texts) / 2:
        told = look_alike(pa.chunked_array([texts]))
        msg = f"y must hold classes that repeat, got {count} different ones in "
        raise DataError(f"{msg}{len(texts)} rows" + (f": {told}" if told else ""))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def class_target(classes: np.ndarray, names: tuple[str, ...]) -> Target:
    """Return the target of a single-label classification."""
    task: TaskName = "binary" if len(classes) == 2 else "multiclass"
    return Target(names, task, tuple(classes.tolist()))


def label_target(
    names: tuple[str, ...], class_weight: Any, known: Target | None
) -> Target:
    """Return the target of several labels.

    Raises:
        UsageError: A class weight is given.
        DataError: The labels are not those that are known.
    """
    if class_weight is not None:
        msg = "class_weight takes a y of classes, not of several labels, got "
        raise UsageError(f"{msg}{class_weight!r}")
    if known is not None and known.classes != names:
        msg = f"y must have the labels {', '.join(known.classes)}, got"
        raise DataError(f"{msg} {', '.join(names)}")
    return Target(names, "multilabel", names)


def row_weight(sample_weight: Any, rows: int) -> np.ndarray | None:
    """Return the weights of the rows, float64 ``(rows,)``, or None.

    Raises:
        DataError: Not one number >= 0 per row, or all of them 0.
    """
    if sample_weight is None:
        return None
    weight = np.asarray(sample_weight, dtype=np.float64)
    if weight.ndim == 0:
        weight = np.full(rows, float(weight))
    if weight.shape != (rows,):
        msg = f"sample_weight must have shape ({rows},), one per row, got"
        raise DataError(f"{msg} {weight.shape}")
    if not (np.isfinite(weight).all() and weight.min(initial=0) >= 0):
        wrong = int(np.argmin(np.isfinite(weight) & (weight >= 0)))
        msg = f"sample_weight must be finite and >= 0, got {weight[wrong]}"
        raise DataError(f"{msg} in row {wrong}")
    if not weight.any():
        msg = "sample_weight must hold a number above zero, all weights are zero"
        raise DataError(msg)
    return weight


def class_weight_of_rows(
    class_weight: Any, classes: np.ndarray, index: np.ndarray, weight: Any
) -> np.ndarray | None:
    """Return the weight of each row's class, or None.

    Args:
        class_weight: ``"balanced"``, or a dict of weights by class, 1 where left.
        classes: Labels.
        index: Of each row's class.
        weight: Of each row, which "balanced" counts by.

    Raises:
        UsageError: No such class, or a weight that is not > 0.
    """
    if class_weight is None:
        return None
    known = classes.tolist()
    if isinstance(class_weight, dict):
        for label, value in class_weight.items():
            if label not in known:
                msg = f"class_weight: y has no class {label!r}; its classes: {known}"
                raise UsageError(msg)
            right = isinstance(value, int | float | np.number)
            if not (right and 0 < value < math.inf):
                msg = f"class_weight of {label!r} must be > 0, got {value!r}"
                raise UsageError(msg)
        by_class = np.array([class_weight.get(label, 1.0) for label in known])
    elif isinstance(class_weight, str) and class_weight == "balanced":
        present = np.unique(index)
        by_class = np.ones(len(classes))
        by_class[present] = compute_class_weight(
            "balanced", classes=present, y=index, sample_weight=weight
        )
    else:
        msg = "class_weight must be 'balanced', a dict or None, got"
        raise UsageError(f"{msg} {class_weight!r}")
    return by_class[index]


def _check_length(values: np.ndarray, rows: int) -> None:
    if values.ndim == 0 or len(values) != rows:
        count = len(values) if values.ndim else "a single value"
        msg = "Found input variables with inconsistent numbers of samples: X has "
        raise DataError(f"{msg}{rows} rows, y has {count}")


def _names(y: Any) -> tuple[str, ...]:
    """Names of a DataFrame's columns or a Series, else none."""
    if hasattr(y, "columns"):
        return tuple(str(name) for name in y.columns)
    name = getattr(y, "name", None)
    return (name,) if isinstance(name, str) and name else ()


def _numbered(count: int, *, single: bool) -> tuple[str, ...]:
    return ("y",) if single else tuple(f"y{i}" for i in range(count))
