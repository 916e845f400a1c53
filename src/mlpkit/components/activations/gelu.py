"""Gaussian error linear unit."""

import math
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from mlpkit.components.activations.elementwise import Elementwise

_LINEAR = 2 * math.sqrt(2 / math.pi)
_CUBIC = _LINEAR * 0.044715
_SQUARE_LIMIT = 24.0**2  # from |x| = 24 on the gate is 0 or 1, even in float64
_DENSITY = 1 / math.sqrt(2 * math.pi)

# Both gradients are written out: half the operations of automatic differentiation.


@keras.saving.register_keras_serializable(package="mlpkit")
class GELU(Elementwise):
    """Gaussian error linear unit: x Φ(x), Φ the normal distribution function.

    The tanh form is x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))), off by at most 4.8e-4. It
    is computed as x sigmoid(2√(2/π) (x + 0.044715 x³)): equal, and without 1 - 1 in the
    left tail. Keras' own gives NaN gradients once x² overflows (|x| > 256 in float16).

    Args:
        approximate: The tanh form if true, else the exact one by the error function.

    >>> import numpy as np
    >>> GELU(dtype="float64")(np.array([[-1.0, 2.0]])).numpy().round(4).tolist()
    [[-0.1588, 1.9546]]

    References: Hendrycks & Gimpel 2016, section 2.
    """

    def __init__(self, *, approximate: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.approximate = approximate

    def curve(self, x: Any) -> Any:
        """Return x Φ(x)."""
        return _tanh_form(x) if self.approximate else _exact_form(x)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "approximate": self.approximate}


@ops.custom_gradient
def _tanh_form(x: Any) -> tuple[Any, Callable[..., Any]]:
    square = ops.minimum(x * x, _SQUARE_LIMIT)
    gate = ops.sigmoid(x * (_LINEAR + _CUBIC * square))

    def gradient(upstream: Any) -> Any:
        inner = _LINEAR + 3 * _CUBIC * square
        return upstream * (gate + x * gate * (1 - gate) * inner)

    return x * gate, gradient


@ops.custom_gradient
def _exact_form(x: Any) -> tuple[Any, Callable[..., Any]]:
    tail = ops.erfc(-x * math.sqrt(0.5))

    def gradient(upstream: Any) -> Any:
        return upstream * (0.5 * tail + x * (_DENSITY * ops.exp(-0.5 * x * x)))

    # the order by which LiteRT knows a GELU; it has no erfc
    return 0.5 * x * tail, gradient
