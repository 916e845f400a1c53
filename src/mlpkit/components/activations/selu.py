"""Scaled exponential linear unit."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from mlpkit.components.activations.elementwise import Elementwise

_SCALE = 1.0507009873554805
_FLOOR = _SCALE * 1.6732632423543772
_LARGEST = {
    "float16": 65504.0,
    "bfloat16": (2 - 2**-7) * 2.0**127,
    "float32": (2 - 2**-23) * 2.0**127,
    "float64": (2 - 2**-52) * 2.0**1023,
}


@keras.saving.register_keras_serializable(package="mlpkit")
class SELU(Elementwise):
    """Scaled exponential linear unit: λ (x if x > 0 else α (exp(x) - 1)).

    λ = 1.0507009873554805 and α = 1.6732632423543772 make mean 0 and variance 1 a fixed
    point, with LeCun-normal weights. λx stops at the largest float instead of becoming
    infinite; the derivative at 0 is λα, compiled or not.

    >>> import numpy as np
    >>> SELU(dtype="float64")(np.array([[-1.0, 2.0]])).numpy().round(4).tolist()
    [[-1.1113, 2.1014]]

    References: Klambauer, Unterthiner, Mayr & Hochreiter 2017, eq. 2.
    """

    def curve(self, x: Any) -> Any:
        """Return λ (x if x > 0 else α (exp(x) - 1))."""
        return _selu(x, _LARGEST[self.compute_dtype])


def _selu(x: Any, largest: float) -> Any:
    @ops.custom_gradient
    def saturating(x: Any) -> tuple[Any, Callable[..., Any]]:
        y = ops.minimum(keras.activations.selu(x), largest)

        def gradient(upstream: Any) -> Any:
            return upstream * ops.where(y > 0, _SCALE, y + _FLOOR)

        return y, gradient

    return saturating(x)
