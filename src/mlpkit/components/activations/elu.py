"""Exponential linear unit."""

from typing import Any

import keras

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class ELU(Elementwise):
    """Exponential linear unit: x if x > 0 else exp(x) - 1, above -1.

    >>> import numpy as np
    >>> ELU(dtype="float64")(np.array([[-1.0, 2.0]])).numpy().round(4).tolist()
    [[-0.6321, 2.0]]

    References: Clevert, Unterthiner & Hochreiter 2015, with α = 1.
    """

    def curve(self, x: Any) -> Any:
        """Return x if x > 0 else exp(x) - 1."""
        return keras.activations.elu(x)
