"""Hyperparameters that a compiled step reads anew each time."""

import inspect
import numbers
from typing import Any

import keras
import numpy as np


def scalar_dtype() -> str:
    """The type of scalars: float64, where 0.999 and 1 − 0.999 keep their digits."""
    return "float32" if keras.backend.backend() == "jax" else "float64"


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


def check_positive(owner: object, name: str, value: Any) -> float:
    """Return ``value`` as a float in (0, inf), or raise ValueError."""
    return check_number(owner, name, value, 0, float("inf"))


class RunTimeValue:
    """An attribute that lives in a scalar variable of the optimizer.

    Assigning a number checks its range and writes the variable, so that a compiled
    step sees the new value without being traced again. None, where it is allowed,
    leaves the attribute out for good: what a traced step lacks it will not get.

    Args:
        low: Lower end of the range, which belongs to it.
        high: Upper end of the range, which does not.
        optional: None is a value, too.
    """

    def __init__(
        self, low: float = 0.0, high: float = 1.0, *, optional: bool = False
    ) -> None:
        self.low = low
        self.high = high
        self.optional = optional

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is None:
            return self
        variable = self._variable(owner)
        if variable is None and not self.optional:
            raise AttributeError(f"{type(owner).__name__} has no {self.name} yet")
        return variable

    def __set__(self, owner: Any, value: Any) -> None:
        variable = self._variable(owner)
        if value is None and variable is None and self.optional:
            return
        if keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
            number = value
        else:
            number = check_number(
                owner, self.name, value, self.low, self.high, closed="left"
            )
        if variable is not None:
            if owner.driven_by_schedule(self.name):
                raise ValueError(
                    f"{type(owner).__name__}: {self.name} must be left to the "
                    f"schedule, whose momentum(step) sets it, got {value!r}"
                )
            variable.assign(number)
        elif owner.built:
            raise ValueError(
                f"{type(owner).__name__}: {self.name} must be given to the constructor "
                f"(0.0 will do) to be changed later, got {value!r} after build"
            )
        else:
            variable = make_scalar(owner, self.name, number)
            owner.__dict__[f"_{self.name}_variable"] = variable
        owner.__dict__[f"_{self.name}_given"] = number

    def _variable(self, owner: Any) -> Any | None:
        return owner.__dict__.get(f"_{self.name}_variable")

    def config(self, owner: Any) -> float | None:
        """The value for ``get_config``: as given, unless it was assigned in a graph."""
        variable = self._variable(owner)
        given = owner.__dict__.get(f"_{self.name}_given")
        if variable is None or owner.driven_by_schedule(self.name):
            return given
        current = float(variable.numpy())
        # Within the variable's own rounding, the number as it was written is exact.
        return (
            given if np.isclose(current, float(given), rtol=1e-7, atol=0) else current
        )


def run_time_values(owner: Any) -> list[tuple[str, Any]]:
    """Hyperparameters and their variables, those left out excepted."""
    names = inspect.signature(type(owner)).parameters
    held = [n for n in names if isinstance(getattr(type(owner), n, 0), RunTimeValue)]
    pairs = [(name, getattr(owner, name)) for name in held]
    return [(name, variable) for name, variable in pairs if variable is not None]


def make_scalar(owner: Any, name: str, value: Any, dtype: str | None = None) -> Any:
    """A scalar variable that is saved with the optimizer."""
    with keras.name_scope(owner.name):
        variable = keras.Variable(
            np.asarray(value),
            dtype=dtype or scalar_dtype(),
            trainable=False,
            name=name,
            aggregation="only_first_replica",
        )
    owner._track_variable(variable)
    return variable
