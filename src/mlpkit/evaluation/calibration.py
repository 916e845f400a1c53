"""Temperature scaling: one number that makes probabilities honest."""

import math
from dataclasses import dataclass

import numpy as np

from mlpkit.config import TaskName
from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation.inputs import (
    check_binary,
    check_classes,
    check_probabilities,
    check_rows,
    check_weight,
)
from mlpkit.evaluation.reliability import expected_calibration_error

_WHERE = "temperature"
_BOUND = math.log(20.0)  # a network this far off needs more than a temperature
_EXACT = 1e-10  # of log T


@dataclass(frozen=True)
class Temperature:
    """A temperature T with which the logits are divided: softmax(z / T).

    The order of the classes in a row stays, so accuracy does too. T > 1 flattens
    probabilities that are too sure of themselves, T < 1 sharpens timid ones.

    Attributes:
        value: T, in (0.05, 20); 1 changes nothing.
        ece_before: Expected calibration error of the rows it was found on.
        ece_after: The same with T applied.
        log_loss_before: Mean log-loss of those rows, nats.
        log_loss_after: The same with T applied; never higher.
        task: Of the scores.
        from_logits: Whether `apply` takes logits.
        note: Why T is 1, where a search ended without a result.
    """

    value: float
    ece_before: float
    ece_after: float
    log_loss_before: float
    log_loss_after: float
    task: TaskName
    from_logits: bool = False
    note: str = ""

    def apply(self, scores: np.ndarray) -> np.ndarray:
        """Return probabilities ``(rows, classes or labels)`` at this temperature.

        Args:
            scores: As `fit_temperature` took them. The result has their float type.

        Raises:
            DataError: Scores of another shape, not finite, or no probabilities.
        """
        scores = np.asarray(scores)
        if len(scores):
            check_rows(_WHERE, scores=scores)
        if self.value == 1 and not self.from_logits:
            return scores
        z = _logits(self.task, scores, from_logits=self.from_logits)
        p = np.exp(_log_softmax(z / self.value))
        float_type = scores.dtype if scores.dtype.kind == "f" else np.float64
        return _from_pairs(self.task, p).astype(float_type)


def fit_temperature(
    task: TaskName,
    y: np.ndarray,
    scores: np.ndarray,
    *,
    from_logits: bool = False,
    sample_weight: np.ndarray | None = None,
) -> Temperature:
    """Find the temperature of the least log-loss on held-back rows.

    L(T) = -Σ w log softmax(z / T)[y], z = logits or log-probabilities. It is convex in
    1 / T, so its slope has one root, found by Newton steps within a bracket of log T.
    T stays 1 where the root is not within (0.05, 20) or the loss does not get lower.

    Args:
        task: Any but "regression". All labels of a multi-label task share one T.
        y: Class indices ``(rows,)``, or 0/1 ``(rows, labels)``. Validation rows: on
            training rows the probabilities are better than they will be.
        scores: Probabilities ``(rows, classes or labels)``, or logits as the network
            gives them: ``(rows, 1)`` for binary, else one column per class or label.
        from_logits: Whether scores are logits.
        sample_weight: Weight of each row.

    Raises:
        UsageError: The task is a regression.
        DataError: Arrays that do not fit, or scores that are no probabilities.

    >>> rng = np.random.default_rng(1)
    >>> z = rng.normal(size=(5000, 3))
    >>> y = (z + rng.gumbel(size=z.shape)).argmax(axis=1)  # drawn from softmax(z)
    >>> found = fit_temperature("multiclass", y, 2 * z, from_logits=True)
    >>> round(found.value, 1), found.ece_after < found.ece_before
    (2.0, True)

    References: Guo et al. 2017 (arXiv 1706.04599), section 4.2; per label as binary.
    """
    rows = check_rows(_WHERE, y=y, scores=scores)
    weight = check_weight(_WHERE, sample_weight, rows)
    y, scores = np.asarray(y), np.asarray(scores)
    logits = _logits(task, scores, from_logits=from_logits)
    before = _from_pairs(task, np.exp(_log_softmax(logits)))
    check = check_binary if task == "multilabel" else check_classes
    check(_WHERE, y, before)
    z, true = logits.reshape(-1, logits.shape[-1]), y.ravel().astype(int)
    each = np.repeat(weight / (len(true) // rows), len(true) // rows)
    value, note = _search(z, true, each)
    losses = [_log_loss(z / t, true, each) for t in (1.0, value)]
    if not note and losses[1] >= losses[0]:
        value, note = 1.0, "no temperature lowers the log-loss"
        losses[1] = losses[0]
    after = _from_pairs(task, np.exp(_log_softmax(logits / value)))
    errors = [
        expected_calibration_error(task, y, p, sample_weight=sample_weight)
        for p in (before, after)
    ]
    return Temperature(
        value=value,
        ece_before=errors[0],
        ece_after=errors[1],
        log_loss_before=losses[0],
        log_loss_after=losses[1],
        task=task,
        from_logits=from_logits,
        note=note,
    )


def _search(z: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, str]:
    """The temperature of the least loss, or 1 and why."""
    low, high = -_BOUND, _BOUND
    at_low, at_high = (_slope(z, y, weight, math.exp(-end))[0] for end in (low, high))
    if at_low == 0 and at_high == 0:
        return 1.0, "the log-loss is the same at every temperature"
    if at_low <= 0:
        return 1.0, f"the best temperature is below {math.exp(low):g}"
    if at_high >= 0:
        return 1.0, f"the best temperature is above {math.exp(high):g}"
    log_t = 0.0
    while high - low > _EXACT:
        beta = math.exp(-log_t)
        slope, curvature = _slope(z, y, weight, beta)
        if slope > 0:
            low = log_t
        else:
            high = log_t
        step = beta - slope / curvature if curvature > 0 else 0.0
        following = -math.log(step) if step > 0 else math.inf
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - log_t) < _EXACT:
            break
        log_t = following
    return math.exp(following), ""


def _slope(
    z: np.ndarray, y: np.ndarray, weight: np.ndarray, beta: float
) -> tuple[float, float]:
    """First and second derivative of the loss in beta = 1 / T."""
    p = np.exp(_log_softmax(beta * z))
    mean = (p * z).sum(axis=1)
    variance = (p * np.square(z - mean[:, None])).sum(axis=1)
    true = np.take_along_axis(z, y[:, None], axis=1)[:, 0]
    return float(weight @ (mean - true)), float(weight @ variance)


def _log_loss(z: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    log_p = np.take_along_axis(_log_softmax(z), y[:, None], axis=1)[:, 0]
    return float(-(weight @ log_p))


def _log_softmax(z: np.ndarray) -> np.ndarray:
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def _logits(task: TaskName, scores: np.ndarray, *, from_logits: bool) -> np.ndarray:
    """Float64 logits of a softmax: ``(rows, classes)`` or ``(rows, labels, 2)``."""
    if task == "regression":
        msg = "temperature: takes a task with classes or labels, got 'regression'"
        raise UsageError(msg)
    columns = 1 if task == "binary" and from_logits else 2
    fits = scores.ndim == 2 and (
        task == "multilabel"
        or (task == "multiclass" and scores.shape[1] >= 2)
        or scores.shape[1] == columns
    )
    if not fits:
        needed = columns if task.startswith("binary") else "classes or labels"
        msg = f"temperature: scores must have shape (rows, {needed}) for {task}, got "
        raise DataError(f"{msg}{scores.shape}")
    wide = scores.astype(np.float64)
    if from_logits:
        if task == "multilabel":
            return np.stack([np.zeros_like(wide), wide], axis=-1)
        return np.hstack([np.zeros_like(wide), wide]) if columns == 1 else wide
    if scores.size:
        check_probabilities(_WHERE, scores)
    # 1 - p is no finer than the float type; what a softmax rounds to 0 is far smaller
    float_type = scores.dtype if scores.dtype.kind == "f" else np.float64
    if task in {"binary", "multilabel"}:
        least = np.finfo(float_type).eps
    else:
        least = np.finfo(float_type).tiny
    if task == "multilabel":
        wide = np.stack([1 - wide, wide], axis=-1)
    return np.log(np.maximum(wide, least))


def _from_pairs(task: TaskName, p: np.ndarray) -> np.ndarray:
    return p[..., 1] if task == "multilabel" else p
