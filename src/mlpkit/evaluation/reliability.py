"""Reliability: do events foretold with probability p happen in a share p of cases?"""

from dataclasses import dataclass

import numpy as np

from mlpkit.config import TaskName
from mlpkit.errors import UsageError
from mlpkit.evaluation.inputs import (
    check_binary,
    check_classes,
    check_probabilities,
    check_rows,
    check_weight,
)

BINS = 15


@dataclass(frozen=True)
class Reliability:
    """Foretold and observed frequency of an event, by bins of equal width.

    Attributes:
        edges: Of the bins, ``(bins + 1,)`` from 0 to 1; a bin holds its right edge.
        confidence: Mean probability in each bin, ``(bins,)``; NaN where it is empty.
        frequency: Share in which the event happened; NaN where the bin is empty.
        share: Of all weight that is in the bin; sums to 1.
    """

    edges: np.ndarray
    confidence: np.ndarray
    frequency: np.ndarray
    share: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error Σ share · |frequency - confidence|, in [0, 1]."""
        gap = np.abs(self.frequency - self.confidence)
        return float(np.nansum(self.share * gap))


def reliability(
    task: TaskName,
    y: np.ndarray,
    scores: np.ndarray,
    *,
    bins: int = BINS,
    sample_weight: np.ndarray | None = None,
) -> Reliability:
    """Return foretold and observed frequencies.

    | task       | event                                    | probability          |
    |------------|------------------------------------------|----------------------|
    | binary     | the second class                         | its score            |
    | multiclass | the chosen class is right                | the largest score    |
    | multilabel | a label is there, all labels in one pool | its score            |

    Args:
        task: Any but "regression".
        y: Class indices ``(rows,)``, or 0/1 ``(rows, labels)``.
        scores: Probabilities ``(rows, classes or labels)``.
        bins: Of equal width.
        sample_weight: Weight of each row.

    Raises:
        UsageError: A regression, or no bins.
        DataError: Arrays that do not fit, or scores that are no probabilities.

    >>> y = np.array([0, 1, 1, 1])
    >>> p = np.array([0.25, 0.75, 0.75, 0.75])
    >>> reliability("binary", y, np.stack([1 - p, p], axis=1)).error
    0.25

    References: Guo et al. 2017 (arXiv 1706.04599), equations 2 and 3; they show the
        chosen class for two classes too.
    """
    if bins < 1:
        msg = f"reliability: bins must be >= 1, got {bins}"
        raise UsageError(msg)
    rows = check_rows("reliability", y=y, scores=scores)
    weight = check_weight("reliability", sample_weight, rows)
    p, happened = _events(task, np.asarray(y), np.asarray(scores))
    each = np.repeat(weight / (p.size // rows), p.size // rows)
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, p) - 1, 0, bins - 1)
    share, foretold, observed = (
        np.bincount(place, values, minlength=bins)
        for values in (each, each * p, each * happened)
    )
    filled = np.where(share > 0, share, np.nan)
    return Reliability(edges, foretold / filled, observed / filled, share)


def expected_calibration_error(
    task: TaskName,
    y: np.ndarray,
    scores: np.ndarray,
    *,
    bins: int = BINS,
    sample_weight: np.ndarray | None = None,
) -> float:
    """Return the error of `reliability`, which takes the same arguments."""
    return reliability(task, y, scores, bins=bins, sample_weight=sample_weight).error


def _events(
    task: TaskName, y: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities of the events and whether they happened, both flat."""
    if task == "regression":
        msg = "reliability: takes a task with classes or labels, got 'regression'"
        raise UsageError(msg)
    scores = scores.astype(np.float64)
    if task == "multilabel":
        check_binary("reliability", y, scores)
        return scores.ravel(), y.ravel() == 1
    check_classes("reliability", y, scores)
    check_probabilities("reliability", scores)
    if scores.shape[1] == 2:
        return scores[:, 1], y == 1
    return scores.max(axis=1), y == scores.argmax(axis=1)
