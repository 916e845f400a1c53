"""The identity."""

from typing import Any

import keras

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class Linear(Elementwise):
    """Identity: x. The hidden units of linear regression and of other linear models.

    >>> import numpy as np
    >>> Linear()(np.array([[-1.0, 2.0]])).numpy().round(4).tolist()
    [[-1.0, 2.0]]

    References: none; a network of these alone is one linear layer.
    """

    widen = False

    def curve(self, x: Any) -> Any:
        """Return x."""
        return keras.activations.linear(x)
