"""Rectified linear unit with a learned slope for negative inputs."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mlpkit")
class PReLU(keras.layers.Layer):
    """Parametric rectified linear unit: x if x > 0 else α · x, α learned.

    Args:
        initial_slope: Start of every α.
        shared: One α for the layer, instead of one per unit of the last axis.

    >>> import numpy as np
    >>> PReLU()(np.array([[-2.0, 2.0]])).numpy().tolist()
    [[-0.5, 2.0]]

    References: He et al. 2015, eq. 1; slope 0.25 at the start, as there (Keras: 0).
    """

    def __init__(
        self, *, initial_slope: float = 0.25, shared: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.initial_slope = initial_slope
        self.shared = shared
        self.supports_masking = True

    def build(self, input_shape: tuple) -> None:
        """Create α, shape ``(units,)`` or ``(1,)``."""
        self.alpha = self.add_weight(
            name="alpha",
            shape=(1 if self.shared else input_shape[-1],),
            initializer=keras.initializers.Constant(self.initial_slope),
        )

    def call(self, inputs: Any) -> Any:
        """Return the activation, same shape."""
        alpha = ops.convert_to_tensor(self.alpha)
        return ops.where(inputs > 0, inputs, alpha * inputs)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"initial_slope": self.initial_slope, "shared": self.shared}
        return {**super().get_config(), **own}
