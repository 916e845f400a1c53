"""Rectified linear unit with a small fixed slope for negative inputs."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="mlpkit")
class LeakyReLU(keras.layers.Layer):
    """Leaky rectified linear unit: x if x > 0 else negative_slope · x.

    Args:
        negative_slope: >= 0. The lecture's 0.01 (Keras' layer has 0.3).

    Raises:
        ValueError: ``negative_slope`` below 0.

    >>> import numpy as np
    >>> LeakyReLU(negative_slope=0.5)(np.array([[-2.0, 2.0]])).numpy().tolist()
    [[-1.0, 2.0]]

    References: Maas, Hannun & Ng 2013.
    """

    def __init__(self, *, negative_slope: float = 0.01, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not negative_slope >= 0:
            msg = f"LeakyReLU: negative_slope must be >= 0, got {negative_slope}"
            raise ValueError(msg)
        self.negative_slope = negative_slope
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the activation, same shape."""
        return keras.activations.leaky_relu(inputs, self.negative_slope)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "negative_slope": self.negative_slope}
