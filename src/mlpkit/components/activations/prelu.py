"""Rectified linear unit with a learned slope for negative inputs."""

import math
from typing import Any

import keras
from keras import ops

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class PReLU(Elementwise):
    """Parametric rectified linear unit: x if x > 0 else α · x, α learned.

    The weight is called ``alpha``, the name by which optimizers leave it out of weight
    decay: decay would pull the unit back to ReLU. α and its gradient stay in float32
    under mixed precision.

    Args:
        initial_slope: Start of every α, finite.
        shared: One α for the layer, instead of one per unit of the last axis.

    Raises:
        ValueError: ``initial_slope`` not finite.

    >>> import numpy as np
    >>> PReLU()(np.array([[-2.0, 2.0]])).numpy().tolist()
    [[-0.5, 2.0]]

    References: He, Zhang, Ren & Sun 2015, eq. 1, section 2.1; slope 0.25 at the start
        and no decay, as there (Keras starts at 0, one α per position).
    """

    def __init__(
        self, *, initial_slope: float = 0.25, shared: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not math.isfinite(initial_slope):
            msg = f"PReLU: initial_slope must be finite, got {initial_slope}"
            raise ValueError(msg)
        self.initial_slope = initial_slope
        self.shared = shared

    def build(self, input_shape: tuple) -> None:
        """Create α, shape ``(units,)`` or ``(1,)``."""
        self.alpha = self.add_weight(
            name="alpha",
            shape=(1 if self.shared else input_shape[-1],),
            initializer=keras.initializers.Constant(self.initial_slope),
            autocast=False,
        )

    def curve(self, x: Any) -> Any:
        """Return x if x > 0 else α · x."""
        # selecting the slope, not the product, keeps the gradient of α finite where
        # x is large and positive
        return x * ops.where(x > 0, 1.0, ops.cast(self.alpha, x.dtype))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"initial_slope": self.initial_slope, "shared": self.shared}
        return {**super().get_config(), **own}
