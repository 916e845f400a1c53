"""The plain arguments of `fit`, checked before anything else is done."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from numbers import Integral, Real
from typing import Any

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.errors import UsageError, suggest
from mlpkit.training.engine.numbers import FACTORS, inner_optimizer


def check_arguments(**given: Any) -> None:
    """Raise a `UsageError` for an argument of `fit` that is out of range.

    >>> check_arguments(epochs="5")
    Traceback (most recent call last):
    mlpkit.errors.UsageError: fit: epochs must be a whole number, got '5'
    """
    for name, value in given.items():
        _CHECKS[name](name, value)


def _count(name: str, value: Any, *, least: int = 1) -> None:
    if value is None:
        return
    if not isinstance(value, Integral) or isinstance(value, bool):
        msg = f"fit: {name} must be a whole number, got {value!r}"
        raise UsageError(msg)
    if value < least:
        msg = f"fit: {name} must be >= {least}, got {value}"
        raise UsageError(msg)


def _needed_count(name: str, value: Any, *, least: int = 1) -> None:
    if value is None:
        msg = f"fit: {name} must be a whole number, got None"
        raise UsageError(msg)
    _count(name, value, least=least)


def _number(name: str, value: Any) -> None:
    known = isinstance(value, Real) and not isinstance(value, bool)
    if not (known and float(value) >= 0):
        msg = f"fit: {name} must be a number >= 0, got {value!r}"
        raise UsageError(msg)


def _number_if_given(name: str, value: Any) -> None:
    if value is not None:
        _number(name, value)


def _choice(name: str, value: Any, *, known: Sequence[Any]) -> None:
    if not any(type(value) is type(k) and value == k for k in known):
        *most, last = map(repr, known)
        msg = f"fit: {name} must be {', '.join(most)} or {last}, got {value!r}"
        raise UsageError(msg)


def _epochs_between(name: str, value: Any) -> None:
    if isinstance(value, list | tuple | set | frozenset | range):
        for epoch in value:
            _needed_count(f"an epoch of {name}", epoch)
    else:
        _needed_count(name, value)


_CHECKS: dict[str, Callable[[str, Any], None]] = {
    "epochs": _needed_count,
    "initial_epoch": partial(_needed_count, least=0),
    "seed": partial(_count, least=0),
    "batch_size": _count,
    "patience": _count,
    "steps_per_epoch": _count,
    "validation_steps": _count,
    "validation_batch_size": _count,
    "validation_freq": _epochs_between,
    "validation_split": _number,
    "checkpoint_seconds": _number,
    "weight_averaging": _number_if_given,
    "verbose": partial(_choice, known=("auto", 0, 1, 2, False, True)),
    "shuffle": partial(_choice, known=(True, False)),
    "restore_best_weights": partial(_choice, known=(True, False)),
    "jit_compile": partial(_choice, known=(True, False, "auto")),
    "deterministic": partial(_choice, known=(True, False)),
}


def check_schedules(model: keras.Model, schedules: Mapping[str, Any]) -> None:
    """Raise a `UsageError` for a factor that there is none of.

    Args:
        model: Compiled.
        schedules: Name of a factor → schedule.
    """
    for name in schedules:
        if name not in FACTORS:
            msg = f"schedules: there is none for {name!r}{suggest(name, FACTORS)}"
            raise UsageError(msg)
    optimizer = inner_optimizer(model.optimizer)
    if "weight_decay" in schedules and not isinstance(optimizer, ComponentOptimizer):
        msg = "schedules: one for 'weight_decay' needs an optimizer of mlpkit, got"
        raise UsageError(f"{msg} {type(optimizer).__name__}; use mlpkit.optimizers")
    for name, schedule in schedules.items():
        if not callable(schedule):
            msg = f"schedules: {name!r} must be a schedule such as mlpkit.schedules."
            raise UsageError(f"{msg}FlatCosine(1.0, total_steps=…), got {schedule!r}")
