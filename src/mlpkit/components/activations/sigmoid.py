"""The logistic function."""

from typing import Any

import keras

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class Sigmoid(Elementwise):
    """Logistic function: 1 / (1 + exp(-x)), in (0, 1).

    At an output prefer to train on x itself (``from_logits``): near 0 and 1 the result
    keeps no digits that a loss could use.

    >>> import numpy as np
    >>> Sigmoid(dtype="float64")(np.array([[-1.0, 2.0]])).numpy().round(4).tolist()
    [[0.2689, 0.8808]]

    References: Rumelhart, Hinton & Williams 1986.
    """

    widen = False

    def curve(self, x: Any) -> Any:
        """Return 1 / (1 + exp(-x))."""
        return keras.activations.sigmoid(x)
