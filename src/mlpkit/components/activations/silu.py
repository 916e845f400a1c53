"""Sigmoid linear unit."""

from typing import Any

import keras

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class SiLU(Elementwise):
    """Sigmoid linear unit, also Swish: x / (1 + exp(-x)), above -0.2785.

    >>> import numpy as np
    >>> SiLU(dtype="float64")(np.array([[-1.0, 2.0]])).numpy().round(4).tolist()
    [[-0.2689, 1.7616]]

    References: Hendrycks & Gimpel 2016; Ramachandran, Zoph & Le 2017, with β = 1.
    """

    def curve(self, x: Any) -> Any:
        """Return x sigmoid(x)."""
        return keras.activations.silu(x)
