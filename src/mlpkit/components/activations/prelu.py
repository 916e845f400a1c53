"""Rectified linear unit with a learned slope for negative inputs."""

import math
from typing import Any

import keras
from keras import ops

from mlpkit.components.activations.elementwise import Elementwise
from mlpkit.components.layers.members import (
    check_members,
    check_shape,
    member_shape,
    output_shape,
)


@keras.saving.register_keras_serializable(package="mlpkit")
class PReLU(Elementwise):
    """Parametric rectified linear unit: x if x > 0 else α · x, α learned.

    The weight is called ``alpha``, the name by which optimizers leave it out of weight
    decay: decay would pull the unit back to ReLU. α and its gradient stay in float32
    under mixed precision.

    Args:
        initial_slope: Start of every α, finite.
        shared: One α for the layer, instead of one per unit of the last axis.
        members: m networks side by side, each with its own α: the input is ``(rows,
            units)`` or ``(m, rows, units)``, the output ``(m, rows, units)``.

    Raises:
        ValueError: ``initial_slope`` not finite, or members that do not fit.

    >>> import numpy as np
    >>> PReLU()(np.array([[-2.0, 2.0]])).numpy().tolist()
    [[-0.5, 2.0]]

    References: He, Zhang, Ren & Sun 2015, eq. 1, section 2.1; slope 0.25 at the start
        and no decay, as there (Keras starts at 0, one α per position).
    """

    def __init__(
        self,
        *,
        initial_slope: float = 0.25,
        shared: bool = False,
        members: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not math.isfinite(initial_slope):
            msg = f"PReLU: initial_slope must be finite, got {initial_slope}"
            raise ValueError(msg)
        self.initial_slope = initial_slope
        self.shared = shared
        self.members = check_members(self, members)

    def build(self, input_shape: tuple) -> None:
        """Create α, ``(units,)`` or ``(1,)``, led by the members."""
        if self.members is not None:
            check_shape(self, input_shape, self.members)
        self.alpha = self.add_weight(
            name="alpha",
            shape=member_shape(self.members, 1 if self.shared else input_shape[-1]),
            initializer=keras.initializers.Constant(self.initial_slope),
            autocast=False,
        )

    def curve(self, x: Any) -> Any:
        """Return x if x > 0 else α · x."""
        # selecting the slope, not the product, keeps the gradient of α finite where
        # x is large and positive
        alpha = ops.cast(self.alpha, x.dtype)
        if self.members is not None:
            alpha = ops.expand_dims(alpha, -2)
        return x * ops.where(x > 0, 1.0, alpha)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape, led by the members."""
        return output_shape(input_shape, input_shape[-1], self.members)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "initial_slope": self.initial_slope,
            "shared": self.shared,
            "members": self.members,
        }
        return {**super().get_config(), **own}
