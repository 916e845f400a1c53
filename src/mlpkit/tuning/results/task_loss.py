"""The loss of a task for predictions in memory, by which an ensemble is chosen."""

from collections.abc import Callable

import numpy as np

from mlpkit.errors import UsageError, suggest
from mlpkit.factory import TASKS
from mlpkit.tuning.results.greedy import Loss

_LEAST = 1e-7  # probability, as Keras clips it
_Rows = Callable[[np.ndarray, np.ndarray], np.ndarray]


def task_loss(task: str, *, sample_weight: np.ndarray | None = None) -> Loss:
    """Return L(y, p): mean squared error or cross-entropy, as the task is trained with.

    Args:
        task: Key of ``TASKS``.
        sample_weight: w, ``(rows,)``: L = Σ w l / Σ w. All 1 if left.

    Returns:
        A function of y as `Target.encode` gives it, and p ``(rows, outputs)`` as the
        network does.

    Raises:
        UsageError: Unknown task.

    >>> loss = task_loss("binary")
    >>> round(loss(np.array([1, 0]), np.array([[0.8], [0.2]])), 4)
    0.2231
    """
    if task not in TASKS:
        msg = f"unknown task {task!r}{suggest(task, TASKS)}"
        raise UsageError(msg)
    rows: _Rows = _of_labels if TASKS[task].activation == "sigmoid" else _of_classes
    if TASKS[task].is_regression:
        rows = _squares

    def loss(y: np.ndarray, p: np.ndarray) -> float:
        return float(np.average(rows(y, p), weights=sample_weight))

    return loss


def _squares(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.square(y.reshape(p.shape) - p).mean(axis=1)


def _of_labels(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    is_true = y.reshape(p.shape) == 1
    of_answer = np.where(is_true, p, 1 - p)
    return -np.log(np.clip(of_answer, _LEAST, None)).mean(axis=1)


def _of_classes(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    of_class = np.take_along_axis(p, y.reshape(-1, 1).astype(np.intp), axis=1)
    return -np.log(np.clip(of_class[:, 0], _LEAST, None))
