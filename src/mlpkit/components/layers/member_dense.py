"""Dense layer of networks side by side."""

from typing import Any, final

import keras
import numpy as np
from keras import ops

from mlpkit.components.layers.members import (
    check_members,
    check_shape,
    each_member,
    output_shape,
)


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class MemberDense(keras.layers.Layer):
    """Dense layer with weights of its own for each member: z_i = x_i W_i + b_i.

    ``(rows, features)`` or ``(m, rows, features) → (m, rows, units)``; of a single
    network it is `keras.layers.Dense`.

    Args:
        units: Outputs, >= 1.
        members: m, >= 1.
        use_bias: Whether there is a b.
        kernel_initializer: Of each W, ``(features, units)``; every member draws.
        bias_initializer: Of each b, ``(units,)``.

    Raises:
        ValueError: An argument or an input out of range.

    >>> layer = MemberDense(3, members=2)
    >>> layer(np.ones((5, 4), "float32")).shape
    TensorShape([2, 5, 3])

    References: none.
    """

    def __init__(
        self,
        units: int,
        *,
        members: int,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if units < 1:
            msg = f"MemberDense: units must be >= 1, got {units}"
            raise ValueError(msg)
        if members is None:
            msg = "MemberDense: members must be a whole number >= 1, got None"
            raise ValueError(msg)
        self.units = units
        self.members = check_members(self, members)
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.supports_masking = True

    def build(self, input_shape: tuple) -> None:
        """Create ``kernel`` ``(m, features, units)`` and ``bias`` ``(m, units)``."""
        check_shape(self, input_shape, self.members)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.members, input_shape[-1], self.units),
            initializer=each_member(self.kernel_initializer, self.members),
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(self.members, self.units),
                initializer=each_member(self.bias_initializer, self.members),
            )

    def call(self, inputs: Any) -> Any:
        """Return z."""
        z = ops.matmul(inputs, self.kernel)
        return z if self.bias is None else z + ops.expand_dims(self.bias, -2)

    def plain_weights(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Return W and b of all members."""
        bias = None if self.bias is None else np.asarray(self.bias)
        return np.asarray(self.kernel), bias

    def set_plain_weights(
        self, *, kernel: np.ndarray | None = None, bias: np.ndarray | None = None
    ) -> None:
        """Set W, b, or both; what is left stays."""
        if kernel is not None:
            self.kernel.assign(kernel)
        if bias is not None:
            self.bias.assign(bias)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return ``(m, rows, units)``."""
        return output_shape(input_shape, self.units, self.members)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        serialize = keras.initializers.serialize
        own = {
            "units": self.units,
            "members": self.members,
            "use_bias": self.use_bias,
            "kernel_initializer": serialize(self.kernel_initializer),
            "bias_initializer": serialize(self.bias_initializer),
        }
        return {**super().get_config(), **own}
