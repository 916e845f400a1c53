"""Rectified linear unit."""

from typing import Any

import keras

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class ReLU(Elementwise):
    """Rectified linear unit: max(x, 0); its derivative at 0 is 0.

    >>> import numpy as np
    >>> ReLU()(np.array([[-1.0, 2.0]])).numpy().round(4).tolist()
    [[0.0, 2.0]]

    References: Nair & Hinton 2010.
    """

    widen = False

    def curve(self, x: Any) -> Any:
        """Return max(x, 0)."""
        return keras.activations.relu(x)
