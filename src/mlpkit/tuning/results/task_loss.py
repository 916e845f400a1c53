"""The loss of a task for predictions in memory, by which an ensemble is chosen."""

from collections.abc import Callable, Sequence

import numpy as np

from mlpkit.errors import UsageError, suggest
from mlpkit.evaluation import evaluate_quantiles
from mlpkit.factory import TASKS
from mlpkit.tuning.results.greedy import Loss

_LEAST = 1e-7  # probability, as Keras clips it
_Rows = Callable[[np.ndarray, np.ndarray], np.ndarray]


def task_loss(
    task: str,
    *,
    sample_weight: np.ndarray | None = None,
    quantiles: Sequence[float] = (),
) -> Loss:
    """Return L(y, p): squared error, pinball loss or cross-entropy, as it is trained.

    Args:
        task: Key of ``TASKS``.
        sample_weight: w, ``(rows,)``: L = Σ w l / Σ w. All 1 if left.
        quantiles: That a regression predicts, target by target; none: the mean.

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

    def pinball(y: np.ndarray, p: np.ndarray) -> float:
        each = np.split(p, p.shape[1] // len(quantiles), axis=1)
        true = y.reshape(len(p), -1)
        found = [
            evaluate_quantiles(true[:, i], q, quantiles, sample_weight=sample_weight)
            for i, q in enumerate(each)
        ]
        return float(np.mean([values["pinball"] for values in found]))

    def loss(y: np.ndarray, p: np.ndarray) -> float:
        return float(np.average(rows(y, p), weights=sample_weight))

    return pinball if quantiles else loss


def _squares(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.square(y.reshape(p.shape) - p).mean(axis=1)


def _of_labels(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    is_true = y.reshape(p.shape) == 1
    of_answer = np.where(is_true, p, 1 - p)
    return -np.log(np.clip(of_answer, _LEAST, None)).mean(axis=1)


def _of_classes(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    of_class = np.take_along_axis(p, y.reshape(-1, 1).astype(np.intp), axis=1)
    return -np.log(np.clip(of_class[:, 0], _LEAST, None))
