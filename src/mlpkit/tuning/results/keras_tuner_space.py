"""KerasTuner's space and objective, as the results take them."""

from typing import Any

import keras_tuner

from mlpkit.tuning.objective import parts_of
from mlpkit.tuning.results.objective import Objective
from mlpkit.tuning.results.parameter import Kind, Parameter, label


def parameters_of(space: keras_tuner.HyperParameters) -> list[Parameter]:
    """Return the hyperparameters of a ``build(hp)``, fixed ones left out.

    One that is declared several times, under different conditions, is one parameter
    with all its choices or the widest range.

    Args:
        space: As an oracle or ``build(hp)`` left it.

    >>> space = keras_tuner.HyperParameters()
    >>> _ = space.Float("learning_rate", 1e-4, 1e-2, sampling="log")
    >>> parameters_of(space)[0].kind
    'log'
    """
    found: dict[str, Parameter] = {}
    for declared in space.space:
        parameter = _parameter(declared)
        if parameter is None:
            continue
        before = found.get(parameter.name)
        joined = parameter if before is None else _joined(before, parameter)
        found[parameter.name] = joined
    return list(found.values())


def objectives_of(objective: Any) -> list[Objective]:
    """Return KerasTuner's objective, or the parts of several."""
    return [Objective(part.name, part.direction) for part in parts_of(objective)]


def _parameter(declared: Any) -> Parameter | None:
    if isinstance(declared, keras_tuner.engine.hyperparameters.Fixed):
        return None
    if not hasattr(declared, "min_value"):
        return Parameter(declared.name, "choice", choices=tuple(declared.values))
    whole = isinstance(declared.min_value, int) and isinstance(declared.max_value, int)
    drawn_by_log = declared.sampling in {"log", "reverse_log"}
    kind: Kind = "log" if drawn_by_log else "int" if whole else "float"
    return Parameter(declared.name, kind, declared.min_value, declared.max_value)


def _joined(one: Parameter, other: Parameter) -> Parameter:
    if one.kind == other.kind == "choice":
        choices = {label(choice): choice for choice in (*one.choices, *other.choices)}
        return Parameter(one.name, "choice", choices=tuple(choices.values()))
    if "choice" in {one.kind, other.kind}:
        return one if one.kind == "choice" else other
    low, high = min(one.low, other.low), max(one.high, other.high)
    kind = one.kind if one.kind == other.kind else "float"
    return Parameter(one.name, kind, low, high)
