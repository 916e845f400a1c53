"""What every measurement takes: targets, scores and weights of the same rows."""

import numpy as np

from mlpkit.errors import DataError


def check_rows(where: str, **arrays: np.ndarray) -> int:
    """Return the number of rows, equal in all arrays and at least one.

    Raises:
        DataError: The arrays differ in rows, have none, or hold NaN or infinities.

    >>> check_rows("example", y=np.zeros(3), scores=np.zeros((3, 2)))
    3
    """
    counts = {name: len(values) for name, values in arrays.items()}
    if len(set(counts.values())) > 1:
        got = ", ".join(f"{name} {count}" for name, count in counts.items())
        msg = f"{where}: the arrays must have equally many rows, got {got}"
        raise DataError(msg)
    name, rows = next(iter(counts.items()))
    if rows == 0:
        msg = f"{where}: {name} must have rows, got none"
        raise DataError(msg)
    for name, values in arrays.items():
        bad = ~np.isfinite(values).reshape(rows, -1).all(axis=1)
        if bad.any():
            msg = f"{where}: {name} must be finite, it is not in row {bad.argmax()}"
            raise DataError(msg)
    return rows


def check_weight(where: str, sample_weight: np.ndarray | None, rows: int) -> np.ndarray:
    """Return the rows' weights, float64 ``(rows,)``, that sum to 1.

    Raises:
        DataError: The weights do not fit the rows, or are not finite and >= 0.

    >>> check_weight("example", None, 4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    if sample_weight is None:
        return np.full(rows, 1 / rows)
    weight = np.asarray(sample_weight, np.float64)
    if weight.shape != (rows,):
        msg = f"{where}: sample_weight must have shape ({rows},), got {weight.shape}"
        raise DataError(msg)
    if not (np.isfinite(weight).all() and weight.min() >= 0 and weight.sum() > 0):
        msg = f"{where}: sample_weight must be finite, >= 0 and not all 0"
        raise DataError(msg)
    return weight / weight.sum()


def check_binary(where: str, y: np.ndarray, scores: np.ndarray) -> None:
    """Raise a `DataError` unless y is 0 or 1 and scores are probabilities."""
    if y.shape != scores.shape:
        msg = f"{where}: y and scores must have the same shape, got {y.shape} and "
        raise DataError(f"{msg}{scores.shape}")
    if not np.isin(y, (0, 1)).all():
        other = np.asarray(y)[~np.isin(y, (0, 1))].flat[0]
        msg = f"{where}: y must be 0 or 1, got {other}"
        raise DataError(msg)
    check_probabilities(where, scores)


def check_probabilities(where: str, scores: np.ndarray) -> None:
    """Raise a `DataError` unless every score is within [0, 1]."""
    low, high = float(np.min(scores)), float(np.max(scores))
    if low < 0 or high > 1:
        msg = f"{where}: scores must be probabilities in [0, 1], got {low:g} to "
        raise DataError(f"{msg}{high:g}")


def check_classes(where: str, y: np.ndarray, scores: np.ndarray) -> None:
    """Raise a `DataError` unless y holds class indices into the scores' columns."""
    classes = scores.shape[1]
    whole = np.issubdtype(y.dtype, np.integer)
    if y.ndim != 1 or not whole or y.min() < 0 or y.max() >= classes:
        msg = f"{where}: y must be class indices (rows,) from 0 to {classes - 1}, got "
        raise DataError(f"{msg}{y.dtype} {y.shape} from {y.min():g} to {y.max():g}")


def check_values(
    where: str, y: np.ndarray, predicted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return true and predicted values of one target, float64 ``(rows,)``.

    Raises:
        DataError: The arrays have another shape, or are not finite.

    >>> check_values("example", np.array([1]), np.array([2], np.float32))
    (array([1.]), array([2.]))
    """
    rows = check_rows(where, y=y, predicted=predicted)
    if y.shape != (rows,) or predicted.shape != (rows,):
        msg = f"{where}: y and predicted must have shape ({rows},), got {y.shape} and "
        raise DataError(f"{msg}{predicted.shape}")
    return y.astype(np.float64), predicted.astype(np.float64)
