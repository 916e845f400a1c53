"""A space and an objective, as the results tell them."""

from typing import Any, Literal

from keras_tuner.engine import hyperparameters

from mlpkit.tuning.objective import parts_of
from mlpkit.tuning.results import Objective, Parameter


def parameters_of(space: Any) -> list[Parameter]:
    """Return KerasTuner's hyperparameters, each name once, as the results take them."""
    found: dict[str, Parameter] = {}
    for hp in space.space:
        if isinstance(hp, hyperparameters.Fixed) or hp.name in found:
            continue
        if isinstance(hp, hyperparameters.Int | hyperparameters.Float):
            linear: Literal["int", "float"]
            linear = "int" if isinstance(hp, hyperparameters.Int) else "float"
            kind = linear if hp.sampling == "linear" else "log"
            found[hp.name] = Parameter(hp.name, kind, hp.min_value, hp.max_value)
        else:
            found[hp.name] = Parameter(hp.name, "choice", choices=tuple(hp.values))
    return list(found.values())


def objectives_of(objective: Any) -> list[Objective]:
    """Return KerasTuner's objective, or the parts of several."""
    return [Objective(part.name, part.direction) for part in parts_of(objective)]
