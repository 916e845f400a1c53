"""Metrics of a task, computed by scikit-learn from answers in the table's own units."""

from collections.abc import Sequence

import numpy as np
from sklearn import metrics

from mlpkit.config import TaskName

LEADING: dict[TaskName, str] = {
    "regression": "rmse",
    "binary": "auc",
    "binary_softmax": "auc",
    "multiclass": "accuracy",
    "multilabel": "micro_f1",
}
"""The metric of each task that tables show first."""

_LOWER = {"rmse", "mae", "log_loss", "pinball", "crossing"}


def higher_is_better(metric: str) -> bool:
    """Tell the direction of a metric.

    >>> higher_is_better("auc"), higher_is_better("rmse")
    (True, False)
    """
    return metric not in _LOWER


def evaluate(
    task: TaskName,
    y: np.ndarray,
    scores: np.ndarray,
    *,
    sample_weight: np.ndarray | None = None,
    thresholds: Sequence[float] = (),
) -> dict[str, float]:
    """Return the metrics of a task, the leading one first.

    Args:
        task: Key of ``TASKS``.
        y: As `Target.encode` gives it: values, class indices, or 0/1 per label.
        scores: Predicted values ``(rows, targets)``, or probabilities
            ``(rows, classes or labels)``.
        sample_weight: Weight of each row.
        thresholds: Of two classes (then there is ``f1`` too) or of each label: yes
            where the score is above. 0.5 if empty.

    >>> evaluate("regression", np.array([[1.0], [3.0]]), np.array([[1.0], [1.0]]))
    {'rmse': 1.4142135623730951, 'mae': 1.0, 'r2': -1.0}
    """
    weight = {"sample_weight": sample_weight}
    if task == "regression":
        found = _regression(y, scores, weight)
    elif task == "multilabel":
        found = _multilabel(y, scores, weight, thresholds)
    else:
        found = _classes(y, scores, weight, thresholds)
    return {name: float(value) for name, value in found.items()}


def _regression(y: np.ndarray, predicted: np.ndarray, weight: dict) -> dict[str, float]:
    found = {
        "rmse": metrics.root_mean_squared_error(y, predicted, **weight),
        "mae": metrics.mean_absolute_error(y, predicted, **weight),
    }
    if len(y) > 1:
        found["r2"] = metrics.r2_score(y, predicted, **weight)
    return found


def _classes(
    y: np.ndarray, scores: np.ndarray, weight: dict, thresholds: Sequence[float]
) -> dict[str, float]:
    classes = np.arange(scores.shape[1])
    chosen = scores.argmax(axis=1)
    if thresholds:
        chosen = (scores[:, 1] > scores.dtype.type(thresholds[0])).astype(int)
    found = {
        "accuracy": metrics.accuracy_score(y, chosen, **weight),
        "log_loss": metrics.log_loss(y, _proper(scores), labels=classes, **weight),
    }
    if len(classes) > 2:
        found["macro_f1"] = metrics.f1_score(
            y, chosen, labels=classes, average="macro", zero_division=0, **weight
        )
        return found
    if thresholds:
        found["f1"] = metrics.f1_score(y, chosen, zero_division=0, **weight)
    if len(np.unique(y)) == 2:  # the area is undefined where one class is absent
        found = {"auc": metrics.roc_auc_score(y, scores[:, 1], **weight), **found}
    return found


def _proper(scores: np.ndarray) -> np.ndarray:
    """Float64 probabilities that sum to 1 beyond float32's rounding."""
    scores = scores.astype(np.float64)
    return scores / scores.sum(axis=1, keepdims=True)


def _multilabel(
    y: np.ndarray, scores: np.ndarray, weight: dict, thresholds: Sequence[float]
) -> dict[str, float]:
    chosen = scores > np.asarray(thresholds or 0.5, scores.dtype)
    p = np.clip(scores.astype(np.float64), 1e-15, 1 - 1e-15)
    losses = -(y * np.log(p) + (1 - y) * np.log1p(-p)).mean(axis=1)
    f1 = {"zero_division": 0, **weight}
    return {
        "micro_f1": metrics.f1_score(y, chosen, average="micro", **f1),
        "macro_f1": metrics.f1_score(y, chosen, average="macro", **f1),
        "log_loss": np.average(losses, weights=weight["sample_weight"]),
    }
