"""Rectified linear unit with a small fixed slope for negative inputs."""

from typing import Any

import keras
from keras import ops

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class LeakyReLU(Elementwise):
    """Leaky rectified linear unit: x if x > 0 else negative_slope · x.

    Args:
        negative_slope: In [0, 1]. The paper's 0.01, as in PyTorch (Keras' layer has
            0.3, its function 0.2).

    Raises:
        ValueError: ``negative_slope`` out of range.

    >>> import numpy as np
    >>> LeakyReLU(negative_slope=0.5)(np.array([[-2.0, 2.0]])).numpy().tolist()
    [[-1.0, 2.0]]

    References: Maas, Hannun & Ng 2013.
    """

    def __init__(self, *, negative_slope: float = 0.01, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= negative_slope <= 1:
            msg = f"LeakyReLU: negative_slope must be in [0, 1], got {negative_slope}"
            raise ValueError(msg)
        self.negative_slope = negative_slope

    def curve(self, x: Any) -> Any:
        """Return x if x > 0 else negative_slope · x."""
        if keras.backend.standardize_dtype(x.dtype) == "float64":
            # TensorFlow's kernel rounds the slope to float32
            return ops.where(x > 0, x, self.negative_slope * x)
        return keras.activations.leaky_relu(x, self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "negative_slope": self.negative_slope}
