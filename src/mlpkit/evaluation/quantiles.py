"""How good predicted quantiles are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation.inputs import check_rows, check_weight

_WHERE = "quantiles"


@dataclass(frozen=True)
class Interval:
    """A central interval between two predicted quantiles.

    Attributes:
        lower: Its lower quantile, in (0, 0.5).
        upper: Its upper one, 1 - lower.
        coverage: Share of rows whose value is within it, ends included.
        width: Mean of upper - lower bound, in the target's unit.
    """

    lower: float
    upper: float
    coverage: float
    width: float

    @property
    def nominal(self) -> float:
        """Share of rows that should be within it."""
        return self.upper - self.lower


def pinball_loss(
    y: np.ndarray,
    predicted: np.ndarray,
    quantiles: Sequence[float],
    *,
    sample_weight: np.ndarray | None = None,
) -> np.ndarray:
    """Return the mean pinball loss of each quantile, float64 ``(quantiles,)``.

    loss = max(q · (y - p), (q - 1) · (y - p)); half the absolute error at q = 0.5.

    Args:
        y: True values, ``(rows,)`` or ``(rows, 1)``.
        predicted: Predicted quantiles, ``(rows, quantiles)``.
        quantiles: Levels in (0, 1), ascending.
        sample_weight: Weight of each row.

    Raises:
        UsageError: Levels out of range or not ascending.
        DataError: Arrays that do not fit.

    >>> pinball_loss(np.array([1.0]), np.array([[0.0, 2.0]]), (0.25, 0.75)).tolist()
    [0.25, 0.25]

    References: Koenker & Bassett 1978, equation 3.1.
    """
    y, predicted, weight = _checked(y, predicted, quantiles, sample_weight)
    difference = y[:, None] - predicted
    q = np.asarray(quantiles, np.float64)
    return np.asarray(weight @ np.maximum(q * difference, (q - 1) * difference))


def intervals(
    y: np.ndarray,
    predicted: np.ndarray,
    quantiles: Sequence[float],
    *,
    sample_weight: np.ndarray | None = None,
) -> tuple[Interval, ...]:
    """Return every interval between quantiles q and 1 - q, the widest first.

    Args:
        y: True values, ``(rows,)`` or ``(rows, 1)``.
        predicted: Predicted quantiles, ``(rows, quantiles)``.
        quantiles: Levels in (0, 1), ascending.
        sample_weight: Weight of each row.

    Raises:
        UsageError, DataError: See `pinball_loss`.

    >>> y, predicted = np.array([1.0, 5.0]), np.array([[0.0, 2.0], [1.0, 3.0]])
    >>> intervals(y, predicted, (0.1, 0.9))
    (Interval(lower=0.1, upper=0.9, coverage=0.5, width=2.0),)
    """
    y, predicted, weight = _checked(y, predicted, quantiles, sample_weight)
    found = []
    for i, lower in enumerate(quantiles):
        for j, upper in enumerate(quantiles):
            if i < j and abs(lower + upper - 1) < 1e-9:
                low, high = predicted[:, i], predicted[:, j]
                within = (low <= y) & (y <= high)
                coverage, width = float(weight @ within), float(weight @ (high - low))
                found.append(Interval(lower, upper, coverage, width))
    return tuple(found)


def crossings(predicted: np.ndarray) -> np.ndarray:
    """Return a mask ``(rows,)`` of the rows whose quantiles descend somewhere.

    >>> crossings(np.array([[1.0, 2.0, 2.0], [1.0, 3.0, 2.0]])).tolist()
    [False, True]
    """
    return np.any(np.diff(predicted, axis=1) < 0, axis=1)


def evaluate_quantiles(
    y: np.ndarray,
    predicted: np.ndarray,
    quantiles: Sequence[float],
    *,
    sample_weight: np.ndarray | None = None,
) -> dict[str, float]:
    """Return the metrics of predicted quantiles, the leading one first.

    ``pinball`` is the mean over the quantiles; ``coverage_80`` and ``width_80`` belong
    to the interval that should hold 80 % of the rows; ``crossing`` is the share of
    rows whose quantiles descend.

    Args:
        y: True values, ``(rows,)`` or ``(rows, 1)``.
        predicted: Predicted quantiles, ``(rows, quantiles)``.
        quantiles: Levels in (0, 1), ascending.
        sample_weight: Weight of each row.

    Raises:
        UsageError, DataError: See `pinball_loss`.

    >>> y, predicted = np.array([1.0, 5.0]), np.array([[0.0, 2.0], [1.0, 3.0]])
    >>> list(evaluate_quantiles(y, predicted, (0.1, 0.9)))
    ['pinball', 'coverage_80', 'width_80', 'crossing']
    """
    weights = {"sample_weight": sample_weight}
    found = {"pinball": float(pinball_loss(y, predicted, quantiles, **weights).mean())}
    for interval in intervals(y, predicted, quantiles, **weights):
        percent = f"{100 * interval.nominal:.6g}"
        found[f"coverage_{percent}"] = interval.coverage
        found[f"width_{percent}"] = interval.width
    weight = check_weight(_WHERE, sample_weight, len(predicted))
    return {**found, "crossing": float(weight @ crossings(predicted))}


def _checked(
    y: np.ndarray,
    predicted: np.ndarray,
    quantiles: Sequence[float],
    sample_weight: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Float64 values ``(rows,)`` and quantiles, and the weights."""
    levels = np.asarray(quantiles, np.float64)
    ascending = levels.ndim == 1 and levels.size and (np.diff(levels) > 0).all()
    if not (ascending and levels[0] > 0 and levels[-1] < 1):
        msg = f"quantiles: levels must ascend within (0, 1), got {tuple(quantiles)}"
        raise UsageError(msg)
    y, predicted = np.asarray(y, np.float64), np.asarray(predicted, np.float64)
    rows = check_rows(_WHERE, y=y, predicted=predicted)
    if y.size != rows or predicted.shape != (rows, levels.size):
        msg = f"quantiles: y must have shape ({rows},) and predicted ({rows}, "
        raise DataError(f"{msg}{levels.size}), got {y.shape} and {predicted.shape}")
    return y.ravel(), predicted, check_weight(_WHERE, sample_weight, rows)
