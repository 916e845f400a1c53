"""What a tuner is given, checked."""

import inspect
from collections.abc import Mapping
from typing import Any

import keras_tuner

from mlpkit.config import seconds_of
from mlpkit.errors import UsageError, suggest
from mlpkit.training import fit
from mlpkit.tuning.objective import objective_of
from mlpkit.tuning.oracles import ORACLES, durable
from mlpkit.tuning.stoppers import STOPPERS, Stopper

_OURS = {"checkpoint", "model"}  # which the tuner gives itself
_MOST_FAILURES = 10
_DEFAULT_OBJECTIVE = "val_loss"
_TRIALS = 20


def oracle_of(
    given: Any,
    *,
    objective: Any,
    max_trials: int | None,
    hyperparameters: Any,
    seed: int,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Return a durable oracle, by name or made so.

    Without ``max_trials`` it gives 20, "grid" the whole space.

    Raises:
        UsageError: Unknown name or option; settings beside an oracle that has its own.
    """
    if isinstance(given, keras_tuner.Oracle):
        beside = {"objective": objective, "hyperparameters": hyperparameters}
        both = [name for name, value in beside.items() if value is not None]
        if both:
            msg = f"{both[0]}: must be given to the oracle, where one is given"
            raise UsageError(msg)
        return durable(given)
    if given not in ORACLES:
        msg = f"oracle must be a keras_tuner.Oracle or a name, got {given!r}"
        raise UsageError(msg + suggest(str(given), ORACLES))
    return _named(
        "oracle",
        given,
        ORACLES,
        {
            "objective": objective_of(objective or _DEFAULT_OBJECTIVE),
            "max_trials": max_trials or (None if given == "grid" else _TRIALS),
            "hyperparameters": hyperparameters,
            "seed": seed or 1,  # KerasTuner takes 0 for any number
            "max_consecutive_failed_trials": _MOST_FAILURES,
        },
        options or {},
    )


def stopper_of(given: Any, options: Mapping[str, Any] | None = None) -> Stopper | None:
    """Return a stopper, by name or as given.

    Raises:
        UsageError: Unknown name or option.
    """
    if given is None or given == "none":
        return None
    if not isinstance(given, str):
        return given
    if given not in STOPPERS:
        msg = f"stopper must be one of {['none', *STOPPERS]}, got {given!r}"
        raise UsageError(msg + suggest(given, ["none", *STOPPERS]))
    return _named("stopper", given, STOPPERS, {}, options or {})


def duration(name: str, given: Any) -> float | None:
    """Return seconds; None stays.

    Raises:
        UsageError: It is no duration.
    """
    try:
        return None if given is None else seconds_of(given)
    except ValueError as error:
        msg = f"{name} {error}"
        raise UsageError(msg) from None


def check_arguments(names: Mapping[str, Any]) -> None:
    """Check the arguments of a search by those of `mlpkit.fit`.

    Raises:
        UsageError: It has none of that name.
    """
    known = set(inspect.signature(fit).parameters) - _OURS
    for name in names:
        if name not in known:
            msg = f"search takes the arguments of mlpkit.fit, '{name}' is none"
            raise UsageError(msg + suggest(name, known))


def _named(
    family: str,
    name: str,
    table: Mapping[str, type],
    fixed: Mapping[str, Any],
    options: Mapping[str, Any],
) -> Any:
    kind = table[name]
    known: set[str] = set()
    for base in kind.__mro__[:-1]:
        known |= set(inspect.signature(base.__init__).parameters)  # type: ignore[misc]
    known -= {"self", "args", "kwargs", *fixed}
    for option in options:
        if option not in known:
            msg = f"{family} '{name}' takes no '{option}'{suggest(option, known)}"
            raise UsageError(msg)
    try:
        return kind(**fixed, **options)
    except (TypeError, ValueError) as error:
        msg = f"{family} '{name}': {error}"
        raise UsageError(msg) from None
