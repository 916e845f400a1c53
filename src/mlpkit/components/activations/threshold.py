"""The perceptron's unit: a step at zero."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mlpkit")
class Threshold(keras.layers.Layer):
    """Linear threshold unit: 1 if x > 0 else 0.

    Its derivative is taken as 1 (straight-through), so that gradient descent on the
    squared error makes the perceptron's step w ← w + η (y - ŷ) x, up to a factor.

    >>> import numpy as np
    >>> Threshold()(np.array([[-2.0, 0.0, 2.0]])).numpy().tolist()
    [[0.0, 0.0, 1.0]]

    References: Rosenblatt 1958; the derivative is that of Bengio et al. 2013.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return 0 or 1, same shape."""
        step = ops.cast(inputs > 0, self.compute_dtype)
        # x - stop(x) is 0 in value and 1 in derivative
        return ops.stop_gradient(step) + (inputs - ops.stop_gradient(inputs))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape."""
        return input_shape
