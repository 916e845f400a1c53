"""Numbers that a compiled loop takes at run time instead of as constants."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf


class _RateOfStep(keras.optimizers.schedules.LearningRateSchedule):
    """Stands for the optimizer's schedule while a loop is traced."""

    def __init__(self, *, cycles_momentum: bool) -> None:
        self.values: tf.Tensor | None = None
        if cycles_momentum:
            self.momentum = lambda _: self._column(1)

    def __call__(self, step: Any) -> Any:
        return self._column(0)

    def _column(self, i: int) -> Any:
        # outside of a step it is only asked whether there is one
        return 0.0 if self.values is None else self.values[i]


class StepNumbers:
    """The learning rate, and the momentum, that a schedule gives to each step.

    A schedule is a formula with constants in it: compiled into a loop, other rates or
    another number of epochs would mean to compile again. So it is evaluated for all
    steps of an epoch at once, and the loop reads a table.

    Args:
        model: Compiled. Without a schedule there are no columns: the learning rate is
            a variable already.
    """

    def __init__(self, model: keras.Model) -> None:
        optimizer = model.optimizer
        self._optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        self._rate: _RateOfStep | None = None
        schedule = schedule_of(model)
        if schedule is not None:
            self._rate = _RateOfStep(cycles_momentum=_momentum(schedule) is not None)

    @property
    def columns(self) -> int:
        """Numbers per step."""
        if self._rate is None:
            return 0
        return 1 + hasattr(self._rate, "momentum")

    @contextmanager
    def in_the_optimizer(self) -> Iterator[None]:
        """A context in which the optimizer is traced with numbers for a schedule."""
        if self._rate is None:
            yield
            return
        attributes = vars(self._optimizer)  # assigning would track a variable
        schedule = attributes["_learning_rate"]
        attributes["_learning_rate"] = self._rate
        try:
            yield
        finally:
            attributes["_learning_rate"] = schedule

    @contextmanager
    def of_step(self, values: tf.Tensor) -> Iterator[None]:
        """A context in which a step with these numbers ``(columns,)`` is traced."""
        if self._rate is None:
            yield
            return
        self._rate.values, before = values, self._rate.values
        try:
            yield
        finally:
            self._rate.values = before


def schedule_of(model: keras.Model) -> Any:
    """Return the optimizer's learning-rate schedule, or None."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    rate = getattr(optimizer, "_learning_rate", None)
    kind = keras.optimizers.schedules.LearningRateSchedule
    return rate if isinstance(rate, kind) else None


def step_table(model: keras.Model, epochs: int, steps: int) -> np.ndarray:
    """Return learning rate (and momentum) of the next steps.

    Returns:
        float64 ``(epochs, steps, columns)``; no column without a schedule.
    """
    schedule = schedule_of(model)
    if schedule is None:
        return np.zeros((epochs, steps, 0))
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    first = int(optimizer._iterations.numpy())
    formulas = [schedule, _momentum(schedule)]
    columns = [_evaluate(f, first, epochs * steps) for f in formulas if f is not None]
    return np.stack(columns, axis=-1).reshape(epochs, steps, len(columns))


def _momentum(schedule: Any) -> Callable[[Any], Any] | None:
    momentum = getattr(schedule, "momentum", None)
    return momentum if callable(momentum) and momentum(0) is not None else None


def _evaluate(formula: Callable[[Any], Any], first: int, count: int) -> np.ndarray:
    """The formula at each step; all at once where it takes them so."""
    steps = tf.range(first, first + count)
    try:
        values = np.asarray(formula(steps), np.float64)
    except Exception:  # noqa: BLE001 - written for one step: it may fail in any way
        values = np.empty(0)
    # a formula for one step may also take many and mean something else by it
    places = sorted({0, count // 2, count - 1})
    ends = [float(formula(steps[i])) for i in places]
    if values.shape == (count,) and np.allclose(
        values[places], ends, rtol=1e-6, atol=0
    ):
        return values
    return np.array([float(formula(step)) for step in steps])
