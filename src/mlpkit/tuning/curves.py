"""The course of a trial, as others are compared with it."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from mlpkit.tuning.objective import parts_of

Curve = Mapping[int, float]
"""Epoch → objective, lower is better."""


def curve_of(trial: Any, objective: Any) -> Curve:
    """Return the objective by epoch, as it was told to the oracle so far.

    Args:
        trial: KerasTuner's.
        objective: KerasTuner's; of several, their signed sum.
    """
    found: dict[int, float] = {}
    for number, part in enumerate(parts_of(objective)):
        sign = -1.0 if part.direction == "max" else 1.0
        history = trial.metrics.metrics.get(part.name)
        values = {} if history is None else history._observations
        told = {step: sign * float(seen.mean()) for step, seen in values.items()}
        if number == 0:
            found = told
        else:
            found = {s: found[s] + v for s, v in told.items() if s in found}
    return found


def best_until(curve: Curve, epoch: int) -> float | None:
    """Return the best value up to an epoch; None where there is none.

    >>> best_until({0: 3.0, 1: 1.0, 2: 2.0}, 2)
    1.0
    """
    values = [v for step, v in curve.items() if step <= epoch and isfinite(v)]
    return min(values, default=None)
