"""From which score on the answer is yes."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation.inputs import check_binary, check_rows, check_weight

Criterion = Literal["f1", "cost"]
_WHERE = "threshold"
_SAME = 1e-12  # relative; sums of weights are rounded


@dataclass(frozen=True)
class Threshold:
    """A decision rule: yes where score > value.

    Attributes:
        value: Negative where every row gets a yes although its score is 0.
        by: The criterion it is best by.
        reached: F1 in [0, 1], or mean cost of a row.
        at_half: The same at the threshold 0.5.
    """

    value: float
    by: Criterion
    reached: float
    at_half: float


def choose_threshold(
    y: np.ndarray,
    scores: np.ndarray,
    *,
    by: Criterion = "f1",
    false_positive: float = 1.0,
    false_negative: float = 1.0,
    sample_weight: np.ndarray | None = None,
) -> Threshold:
    """Return the best threshold of a yes/no answer, all distinct scores tried.

    F1 = 2 TP / (2 TP + FP + FN), 0 where there is neither a yes nor an event;
    cost = (false_positive · FP + false_negative · FN) / Σ w.

    Rows change sides only where the threshold passes a score, so it is 0.5 where that
    lies between the same two scores as the best, else their middle. Among equally
    good ones that nearest to 0.5 is taken, then the lower one.

    Args:
        y: 0 or 1, shape ``(rows,)``; of validation rows.
        scores: Probabilities of 1, ``(rows,)``. The threshold is exact in their type.
        by: "f1" or "cost".
        false_positive: Cost of a yes where y is 0, >= 0.
        false_negative: Cost of a no where y is 1, >= 0.
        sample_weight: Weight of each row.

    Raises:
        UsageError: An unknown criterion, or costs that are no costs.
        DataError: Arrays that do not fit, or scores that are no probabilities.

    >>> found = choose_threshold(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.9]))
    >>> found.value, found.reached
    (0.25, 1.0)

    References: Lipton et al. 2014 (arXiv 1402.1892) for F1; Elkan 2001 for costs, by
        whom honest probabilities have their best threshold at
        false_positive / (false_positive + false_negative).
    """
    _check_criterion(by, false_positive, false_negative)
    y, scores = np.asarray(y), np.asarray(scores)
    rows = check_rows(_WHERE, y=y, scores=scores)
    _check_dimensions(y, 1, "(rows,)")
    check_binary(_WHERE, y, scores)
    weight = check_weight(_WHERE, sample_weight, rows)
    order = np.argsort(scores, kind="stable")
    ordered, yes, weight = scores[order], y[order] == 1, weight[order]
    changes = np.flatnonzero(ordered[1:] > ordered[:-1]) + 1
    below = np.array([0, *changes, rows])  # rows that get a no, for each cut
    missed = np.append(0, np.cumsum(weight * yes))[below]
    called = np.append(np.cumsum((weight * ~yes)[::-1])[::-1], 0)[below]
    if by == "f1":
        values = _f1(weight @ yes - missed, called, missed)
    else:
        values = -(false_positive * called + false_negative * missed)
    best = values >= values.max() - _SAME * abs(values.max())
    thresholds = _between(ordered, below)
    chosen = int(np.where(best, np.abs(thresholds - 0.5), np.inf).argmin())
    half = np.searchsorted(below, (scores <= 0.5).sum())
    reached, at_half = (abs(float(values[i])) for i in (chosen, half))
    return Threshold(float(thresholds[chosen]), by, reached, at_half)


def choose_thresholds(
    y: np.ndarray,
    scores: np.ndarray,
    *,
    by: Criterion = "f1",
    false_positive: float = 1.0,
    false_negative: float = 1.0,
    sample_weight: np.ndarray | None = None,
) -> tuple[Threshold, ...]:
    """Return the best threshold of each label: `choose_threshold` by column.

    Args:
        y: 0 or 1, shape ``(rows, labels)``.
        scores: Probabilities, the same shape.
        by: "f1" or "cost".
        false_positive: Cost of a yes where y is 0, >= 0.
        false_negative: Cost of a no where y is 1, >= 0.
        sample_weight: Weight of each row.

    Raises:
        UsageError, DataError: See `choose_threshold`.
    """
    y, scores = np.asarray(y), np.asarray(scores)
    _check_dimensions(y, 2, "(rows, labels)")
    check_binary(_WHERE, y, scores)
    return tuple(
        choose_threshold(
            y[:, label],
            scores[:, label],
            by=by,
            false_positive=false_positive,
            false_negative=false_negative,
            sample_weight=sample_weight,
        )
        for label in range(y.shape[1])
    )


def _between(ordered: np.ndarray, below: np.ndarray) -> np.ndarray:
    """A threshold for each cut, in the scores' own float type."""
    s = ordered if ordered.dtype.kind == "f" else ordered.astype(np.float64)
    lowest = -1 if s[0] == 0 else 0
    low = np.concatenate([[lowest], s[below[1:] - 1]], dtype=s.dtype)
    high = np.concatenate([s[below[:-1]], [1]], dtype=s.dtype)
    middle = low + (high - low) / 2
    middle = np.where(middle < high, middle, low)  # neighbours have no middle
    return np.where((low <= 0.5) & (high > 0.5), s.dtype.type(0.5), middle)


def _f1(
    true_positive: np.ndarray, false_positive: np.ndarray, false_negative: np.ndarray
) -> np.ndarray:
    whole = 2 * true_positive + false_positive + false_negative
    return np.where(whole > 0, 2 * true_positive / np.where(whole > 0, whole, 1), 0.0)


def _check_criterion(by: str, false_positive: float, false_negative: float) -> None:
    if by not in get_args(Criterion):
        msg = f"threshold: by must be one of {', '.join(get_args(Criterion))}, got "
        raise UsageError(f"{msg}{by!r}")
    costs = (false_positive, false_negative)
    if not (np.isfinite(costs).all() and min(costs) >= 0 and max(costs) > 0):
        msg = "threshold: costs must be finite, >= 0 and not both 0, got "
        raise UsageError(
            f"{msg}false_positive={false_positive}, false_negative={false_negative}"
        )


def _check_dimensions(y: np.ndarray, dimensions: int, shape: str) -> None:
    if y.ndim != dimensions:
        msg = f"threshold: y must have shape {shape}, got {y.shape}"
        raise DataError(msg)
