"""Numbers that a compiled loop takes at each step instead of as constants."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.components.schedules.base import Schedule

FACTORS = ("dropout", "weight_decay")
"""What a schedule can scale beside the learning rate."""

_DECAY = "_weight_decay_variable"  # where a RunTimeValue keeps it


class _RateOfStep(keras.optimizers.schedules.LearningRateSchedule):
    """Stands for the optimizer's schedule while a loop is traced."""

    def __init__(self, numbers: "StepNumbers", *, cycles_momentum: bool) -> None:
        self._numbers = numbers
        if cycles_momentum:
            self.momentum = lambda _: numbers.now("momentum", 0.0)

    def __call__(self, step: Any) -> Any:
        return self._numbers.now("learning_rate", 0.0)


class StepNumbers:
    """What schedules give to each step: learning rate, momentum, factors.

    A schedule is a formula with constants in it: compiled into a loop, other rates or
    another number of epochs would mean to compile again. So it is evaluated for all
    steps of an epoch at once, and the loop reads a table.

    Args:
        model: Compiled. Without a schedule its learning rate is a variable already.
        factors: Which of `FACTORS` follow a schedule.
    """

    def __init__(self, model: keras.Model, factors: Sequence[str] = ()) -> None:
        self._optimizer = inner_optimizer(model.optimizer)
        self._now: dict[str, tf.Tensor] = {}
        self._rate: _RateOfStep | None = None
        self.names = list(factors)
        schedule = schedule_of(model)
        if schedule is not None:
            cycles = momentum_of(schedule) is not None
            self._rate = _RateOfStep(self, cycles_momentum=cycles)
            rates = ["learning_rate", *(["momentum"] if cycles else [])]
            self.names = [*rates, *factors]

    def now(self, name: str, otherwise: float) -> Any:
        """Return a number of the step that is traced, or what stands for it."""
        return self._now.get(name, otherwise)

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
        before, self._now = self._now, {n: values[i] for i, n in enumerate(self.names)}
        attributes = vars(self._optimizer)
        decay = attributes.get(_DECAY)
        if decay is not None and "weight_decay" in self._now:
            factor = tf.cast(self._now["weight_decay"], decay.dtype)
            attributes[_DECAY] = tf.convert_to_tensor(decay) * factor
        try:
            yield
        finally:
            self._now = before
            if decay is not None:
                attributes[_DECAY] = decay


def inner_optimizer(optimizer: Any) -> Any:
    """Return the optimizer that updates, without a wrapper that scales the loss."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def schedule_of(model: keras.Model) -> Any:
    """Return the optimizer's learning-rate schedule, or None."""
    rate = getattr(inner_optimizer(model.optimizer), "_learning_rate", None)
    kind = keras.optimizers.schedules.LearningRateSchedule
    return rate if isinstance(rate, kind) else None


def momentum_of(schedule: Any) -> Callable[[Any], Any] | None:
    """Return the schedule's formula for the momentum, if it has one."""
    momentum = getattr(schedule, "momentum", None)
    return momentum if callable(momentum) and momentum(0) is not None else None


def step_table(
    model: keras.Model,
    epochs: int,
    steps: int,
    factors: Mapping[str, Any],
    *,
    first: int | None = None,
) -> np.ndarray:
    """Return the numbers of the next steps.

    Args:
        model: Compiled.
        epochs: How many.
        steps: Of each epoch.
        factors: Name → schedule.
        first: Number of the first step; as the model's optimizer counts if left.

    Returns:
        float64 ``(epochs, steps, columns)``, in the order of `StepNumbers`.
    """
    schedule = schedule_of(model)
    formulas = list(factors.values())
    if schedule is not None:
        rates = [schedule, momentum_of(schedule)]
        formulas = [*(f for f in rates if f is not None), *formulas]
    if not formulas:
        return np.zeros((epochs, steps, 0))
    if first is None:
        first = int(inner_optimizer(model.optimizer)._iterations.numpy())
    columns = [_evaluate(formula, first, epochs * steps) for formula in formulas]
    return np.stack(columns, axis=-1).reshape(epochs, steps, len(columns))


def _evaluate(formula: Callable[[Any], Any], first: int, count: int) -> np.ndarray:
    """The formula at each step; all at once where it takes them so."""
    if isinstance(formula, Schedule):  # without TensorFlow's operations, a 100th
        values = formula.rate(np.arange(first, first + count, dtype=np.float64), np)
        return np.broadcast_to(np.asarray(values, np.float64), (count,))
    steps = tf.range(first, first + count)
    try:
        values = np.asarray(formula(steps), np.float64)
    except Exception:  # noqa: BLE001 - written for one step: it may fail in any way
        values = np.empty(0)
    # a formula for one step may also take many and mean something else by it
    places = sorted({0, count // 2, count - 1})
    ends = [float(formula(steps[i])) for i in places]
    whole = values.shape == (count,)
    if whole and np.allclose(values[places], ends, rtol=1e-6, atol=1e-12):
        return values
    return np.array([float(formula(step)) for step in steps])
