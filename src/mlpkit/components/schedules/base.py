"""What every schedule shares: one formula, run in a graph or drawn with NumPy."""

import inspect
import numbers
from types import ModuleType
from typing import Any

import keras
import numpy as np


def check_number(
    owner: object, name: str, value: Any, low: float, high: float, *, closed: str = ""
) -> float:
    """Return ``value`` as a float, or say which range it must be in.

    Args:
        owner: The object whose argument is checked; its class is named.
        name: The argument.
        value: What came.
        low: Lower end of the range.
        high: Upper end of the range.
        closed: Which ends belong to it: ``""``, ``"left"``, ``"right"``, ``"both"``.

    Raises:
        ValueError: ``value`` is not a number in the range.
    """
    left, right = closed in {"left", "both"}, closed in {"right", "both"}
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        number = float(value)
        above = number >= low if left else number > low
        below = number <= high if right else number < high
        if above and below:
            return number
    interval = f"{'[' if left else '('}{low:g}, {high:g}{']' if right else ')'}"
    raise ValueError(
        f"{type(owner).__name__}: {name} must be in {interval}, got {value!r}"
    )


def check_rate(owner: object, value: Any) -> float:
    """Return ``max_learning_rate`` as a positive float, or raise ValueError."""
    return check_number(owner, "max_learning_rate", value, 0, float("inf"))


def check_divisor(owner: object, name: str, value: Any) -> float:
    """Return ``value`` as a float in [1, inf), or raise ValueError."""
    return check_number(owner, name, value, 1, float("inf"), closed="left")


def check_steps(owner: object, name: str, value: Any, *, at_least: int = 1) -> int:
    """Return ``value`` as an integer of at least ``at_least``, or raise ValueError."""
    integral = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if integral and value >= at_least:
        return int(value)
    raise ValueError(
        f"{type(owner).__name__}: {name} must be an integer >= {at_least}, "
        f"got {value!r}"
    )


def fraction(step: Any, total_steps: int, xp: ModuleType) -> Any:
    """The part of the training done before ``step``, at most 1."""
    return xp.minimum(step / total_steps, 1.0)


def fall(remaining: Any, xp: ModuleType) -> Any:
    """Half a cosine from 1 to 0, (1 − cos π·remaining) / 2, without cancellation.

    sin² keeps full relative precision down to the smallest rates, where 1 + cos π·p
    would leave nothing but rounding noise in float32.
    """
    return xp.square(xp.sin(remaining * (np.pi / 2)))


class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate as a function of the step, for any Keras optimizer.

    A subclass writes its formula once, in ``rate(step, xp)``: with ``xp=keras.ops`` it
    runs inside the compiled training step, with ``xp=numpy`` it draws the curve.
    Keras hands a schedule the number of batches done so far, micro-batches included
    when gradients are accumulated, so ``total_steps`` counts batches: epochs × batches
    per epoch. Past ``total_steps`` a schedule holds its last value.
    """

    def rate(self, step: Any, xp: ModuleType) -> Any:
        """The formula: the learning rate at ``step`` (float, >= 0)."""
        raise NotImplementedError(f"{type(self).__name__} must define rate(step, xp)")

    def __call__(self, step: Any) -> Any:
        """The learning rate at ``step``, a scalar tensor."""
        return self.rate(as_position(step), keras.ops)

    def curve(self, steps: int) -> np.ndarray:
        """The learning rates of steps 0 … ``steps`` − 1 in float64, without training.

        Args:
            steps: How many steps to draw, >= 1; may exceed ``total_steps``.

        Raises:
            ValueError: ``steps`` is not a positive integer.
        """
        return draw(self, self.rate, steps)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as given."""
        names = inspect.signature(type(self)).parameters
        return {name: getattr(self, name) for name in names}


def as_position(step: Any) -> Any:
    """``step`` as a float scalar; float64 costs nothing here where there is one."""
    dtype = "float32" if keras.backend.backend() == "jax" else "float64"
    return keras.ops.maximum(keras.ops.cast(step, dtype), 0.0)


def draw(owner: object, formula: Any, steps: int) -> np.ndarray:
    """The values of ``formula(step, numpy)`` at steps 0 … ``steps`` − 1, in float64."""
    count = check_steps(owner, "steps", steps)
    values = formula(np.arange(count, dtype=np.float64), np)
    return np.broadcast_to(np.asarray(values, np.float64), (count,)).copy()
