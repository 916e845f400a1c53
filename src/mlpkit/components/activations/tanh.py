"""The hyperbolic tangent."""

from typing import Any

import keras

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class Tanh(Elementwise):
    """Hyperbolic tangent: tanh(x) = 2 sigmoid(2x) - 1, in (-1, 1).

    >>> import numpy as np
    >>> Tanh(dtype="float64")(np.array([[-1.0, 2.0]])).numpy().round(4).tolist()
    [[-0.7616, 0.964]]

    References: LeCun, Bottou, Orr & Müller 1998, section 4.4, without its scaling.
    """

    widen = False

    def curve(self, x: Any) -> Any:
        """Return tanh(x)."""
        return keras.activations.tanh(x)
