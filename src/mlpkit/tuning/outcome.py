"""What came of a training, or of several with the same hyperparameters."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np

from mlpkit.errors import UsageError
from mlpkit.tuning.objective import check_logged, names_of


@dataclass(frozen=True)
class Outcome:
    """What came of a training.

    Attributes:
        score: The objective at ``best_epoch``; None where it is not finite.
        metrics: At ``best_epoch``.
        best_epoch: Counted from 0.
        curves: Values by epoch.
        stopped: Why it ended early, or empty.
        model: With the weights of its best epoch.
    """

    score: float | None
    metrics: Mapping[str, float] = field(default_factory=dict)
    best_epoch: int | None = None
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    stopped: str = ""
    model: Any = field(default=None, compare=False, repr=False)


def outcome_of(result: Any, objective: Any) -> Outcome:
    """Return what `Tuner.run_trial` or ``HyperModel.fit`` came to.

    Args:
        result: A History, a dict of metrics, or the objective itself.
        objective: KerasTuner's.

    Raises:
        UsageError: It is none of these, or the objective is not among the metrics.
    """
    if isinstance(result, Outcome):
        return result
    if isinstance(result, keras.callbacks.History):
        return _of_history(result, objective)
    if isinstance(result, Mapping):
        metrics = {name: float(value) for name, value in result.items()}
        if objective.name not in metrics:
            check_logged(names_of(objective), metrics)
        return Outcome(_finite(_value(objective, metrics)), metrics, 0)
    if isinstance(result, int | float | np.floating):
        value = float(result)
        return Outcome(_finite(value), {objective.name: value}, 0)
    msg = "a trial must return a History, a dict of metrics, or a number, got"
    raise UsageError(f"{msg} {type(result).__name__}")


def _of_history(history: keras.callbacks.History, objective: Any) -> Outcome:
    curves = {
        name: [float(np.mean(v)) for v in values]
        for name, values in history.history.items()
    }
    if not curves:
        return Outcome(None)
    check_logged(names_of(objective), curves)
    place = _best_place(history, curves, objective)
    if place is None:
        return Outcome(None, curves=curves)
    metrics = {n: v[place] for n, v in curves.items() if place < len(v)}
    score = _finite(_value(objective, metrics))
    return Outcome(score, metrics, int(history.epoch[place]), curves)


def _best_place(
    history: Any, curves: Mapping[str, Sequence[float]], objective: Any
) -> int | None:
    """Where the epoch of the weights that were kept is in the curves."""
    if hasattr(history, "best_epoch"):  # of `mlpkit.fit`
        if history.best_epoch is not None:
            return history.epoch.index(history.best_epoch)
        return len(history.epoch) - 1 if history.divergence is None else None
    values = [
        _value(objective, {n: v[i] for n, v in curves.items() if i < len(v)})
        for i in range(len(history.epoch))
    ]
    sign = -1.0 if objective.direction == "max" else 1.0
    known = [(sign * v, i) for i, v in enumerate(values) if math.isfinite(v)]
    return min(known)[1] if known else None


def mean_outcome(outcomes: Sequence[Outcome], objective: Any) -> Outcome:
    """Return the mean of several trainings, with the model of the best one.

    Curves are cut to the length of the shortest; the best epoch is that of the first.
    """
    first = outcomes[0]
    if len(outcomes) == 1:
        return first
    sign = -1.0 if objective.direction == "max" else 1.0
    scored = [o for o in outcomes if o.score is not None]
    if len(scored) < len(outcomes):
        return replace(first, score=None)
    return replace(
        first,
        score=float(np.mean([o.score for o in outcomes])),
        metrics={
            name: float(np.mean([o.metrics[name] for o in outcomes]))
            for name in first.metrics
        },
        curves={
            name: [float(np.mean(at)) for at in zip(*of_all, strict=False)]
            for name in first.curves
            for of_all in [[o.curves[name] for o in outcomes]]
        },
        stopped=next((o.stopped for o in outcomes if o.stopped), ""),
        model=min(outcomes, key=lambda o: sign * (o.score or 0.0)).model,
    )


def _value(objective: Any, metrics: Mapping[str, float]) -> float:
    if objective.name in metrics:
        return metrics[objective.name]
    found = objective.get_value(metrics) if objective.has_value(metrics) else math.nan
    return float(found)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
