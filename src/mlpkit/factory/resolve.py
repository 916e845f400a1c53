"""Component names and arguments from a configuration → objects."""

import inspect
from collections.abc import Mapping
from typing import Any

import keras

from mlpkit.components.activations import ACTIVATIONS
from mlpkit.components.initializers import INITIALIZERS, initializer_for
from mlpkit.components.layers import PBLD, PeriodicEmbedding, PiecewiseLinear
from mlpkit.components.optimizers import OPTIMIZERS
from mlpkit.components.schedules import SCHEDULES
from mlpkit.config import TrainingConfig
from mlpkit.errors import UsageError, suggest


def build_activation(
    kind: str, *, params: Mapping[str, Any] | None = None, **fixed: Any
) -> keras.layers.Layer:
    """Return the activation layer of that name.

    Args:
        kind: Key of ``ACTIVATIONS``.
        params: Arguments given by the user.
        **fixed: Arguments given by the caller, left out where not taken.

    Raises:
        UsageError: Unknown name or argument, or a value out of range.
    """
    return _build("activation", ACTIVATIONS, kind, params or {}, fixed)


def build_initializer(
    name: str | None, *, activation: str, seed: int
) -> keras.initializers.Initializer:
    """Return the named initializer, or the one that fits the activation."""
    if name is None:
        return initializer_for(activation, seed=seed)
    return _build("initializer", INITIALIZERS, name, {}, {"seed": seed})


def build_numeric_embedding(
    kind: str, *, params: Mapping[str, Any] | None = None, **fixed: Any
) -> keras.layers.Layer:
    """Return the embedding layer of that name; arguments as `build_activation`."""
    table = {
        "pbld": PBLD,
        "periodic": PeriodicEmbedding,
        "piecewise_linear": PiecewiseLinear,
    }
    return _build("numeric embedding", table, kind, params or {}, fixed)


def build_schedule(
    name: str, peak: float, params: Mapping[str, Any], total_steps: int | None
) -> Any:
    """Return the schedule of that name; its length is the training's if left.

    Raises:
        UsageError: Unknown name or argument, or a value out of range.
    """
    if name not in SCHEDULES:
        msg = f"unknown schedule {name!r}{suggest(name, SCHEDULES)}"
        raise UsageError(msg)
    schedule = SCHEDULES[name]
    _check_params("schedule", schedule, name, params)
    if "total_steps" in inspect.signature(schedule).parameters and total_steps:
        params = {"total_steps": total_steps, **params}
    return _call("schedule", schedule, name, (peak,), params)


def build_optimizer(
    config: TrainingConfig | None = None, *, total_steps: int | None = None
) -> keras.optimizers.Optimizer:
    """Return the optimizer with its learning-rate schedule.

    Args:
        config: Optimizer, learning rate (the peak of a schedule) and schedule.
        total_steps: Length of the schedule, epochs x steps.

    Raises:
        UsageError: Unknown argument, a value out of range, or a schedule that needs
            its length where none is known.
    """
    config = config or TrainingConfig()
    return _build(
        "optimizer",
        OPTIMIZERS,
        config.optimizer.name,
        config.optimizer.params,
        {
            "learning_rate": _learning_rate(config, total_steps),
            # a variable also where it is 0: a search can change it
            "weight_decay": config.weight_decay,
        },
    )


def _learning_rate(config: TrainingConfig, total_steps: int | None) -> Any:
    name, params = config.schedule.name, config.schedule.params
    if name == "constant" and not params:
        return config.learning_rate  # a variable that callbacks may set
    return build_schedule(name, config.learning_rate, params, total_steps)


def _build(
    family: str,
    table: Mapping[str, type],
    name: str,
    params: Mapping[str, Any],
    fixed: Mapping[str, Any],
) -> Any:
    if name not in table:
        msg = f"unknown {family} {name!r}{suggest(name, table)}"
        raise UsageError(msg)
    cls = table[name]
    _check_params(family, cls, name, params)
    taken = inspect.signature(cls).parameters
    open_ended = any(p.kind is p.VAR_KEYWORD for p in taken.values())
    base = {"dtype", "name"} if open_ended else set()
    fixed = {k: v for k, v in fixed.items() if k in taken or k in base}
    return _call(family, cls, name, (), {**fixed, **params})


def _check_params(family: str, cls: type, name: str, params: Mapping[str, Any]) -> None:
    taken = [
        key
        for key, parameter in inspect.signature(cls).parameters.items()
        if parameter.kind is not parameter.VAR_KEYWORD
    ]
    for key in params:
        if key not in taken:
            msg = f"{family} '{name}' takes no argument '{key}'{suggest(key, taken)}"
            raise UsageError(msg)


def _call(
    family: str, cls: type, name: str, args: tuple[Any, ...], params: Mapping[str, Any]
) -> Any:
    try:
        return cls(*args, **params)
    except (TypeError, ValueError) as error:
        msg = f"{family} '{name}': {error}"
        raise UsageError(msg) from None
