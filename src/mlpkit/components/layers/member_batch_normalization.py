"""Batch normalization of networks side by side."""

from typing import Any, final

import keras
from keras import ops

from mlpkit.components.layers.members import check_members, check_shape, output_shape


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class MemberBatchNormalization(keras.layers.Layer):
    """Normalize each unit of each member over the rows: y = γ (x - μ) / √(v + ε) + β.

    While training, μ and v are mean and variance of the batch's rows, and the averages
    that are used at test time follow them: μ̄ ← a μ̄ + (1 - a) μ, v̄ likewise. Members do
    not see each other's rows; of a single network it is Keras' BatchNormalization.

    ``(rows, units)`` or ``(m, rows, units) → (m, rows, units)``; computed in float32
    under mixed precision.

    Args:
        members: m, >= 1.
        momentum: a, in [0, 1).
        epsilon: ε, > 0.

    Raises:
        ValueError: An argument or an input out of range.

    >>> import numpy as np
    >>> layer = MemberBatchNormalization(2)
    >>> y = layer(np.array([[1.0], [3.0]], "float32"), training=True)
    >>> y.numpy().round(2).tolist()
    [[[-1.0], [1.0]], [[-1.0], [1.0]]]

    References: Ioffe & Szegedy 2015, algorithms 1 and 2; ε as Keras'.
    """

    def __init__(
        self,
        members: int,
        *,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        **kwargs: Any,
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        name = "MemberBatchNormalization"
        if members is None:
            msg = f"{name}: members must be a whole number >= 1, got None"
            raise ValueError(msg)
        if not 0 <= momentum < 1:
            msg = f"{name}: momentum must be in [0, 1), got {momentum}"
            raise ValueError(msg)
        if not epsilon > 0:
            msg = f"{name}: epsilon must be > 0, got {epsilon}"
            raise ValueError(msg)
        self.members = check_members(self, members)
        self.momentum = momentum
        self.epsilon = epsilon
        self.supports_masking = True

    def build(self, input_shape: tuple) -> None:
        """Create γ, β and the two averages, ``(m, units)`` each."""
        check_shape(self, input_shape, self.members)
        shape = (self.members, input_shape[-1])
        for name, start, trainable in (
            ("gamma", "ones", True),
            ("beta", "zeros", True),
            ("moving_mean", "zeros", False),
            ("moving_variance", "ones", False),
        ):
            weight = self.add_weight(
                name=name,
                shape=shape,
                initializer=start,
                trainable=trainable,
                autocast=False,
            )
            setattr(self, name, weight)

    def call(self, inputs: Any, *, training: bool = False) -> Any:
        """Return y."""
        x = ops.cast(inputs, self.variable_dtype)
        if len(x.shape) == 2:
            x = ops.broadcast_to(x, (self.members, *ops.shape(x)))
        mean, variance = self.moving_mean, self.moving_variance
        if training and self.trainable:
            mean, variance = ops.moments(x, axes=[-2])
            for average, now in (
                (self.moving_mean, mean),
                (self.moving_variance, variance),
            ):
                average.assign(self.momentum * average + (1 - self.momentum) * now)
        scale = self.gamma * ops.rsqrt(variance + self.epsilon)
        shift = self.beta - mean * scale
        y = x * ops.expand_dims(scale, -2) + ops.expand_dims(shift, -2)
        return ops.cast(y, self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape, led by the members."""
        return output_shape(input_shape, input_shape[-1], self.members)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "members": self.members,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }
        return {**super().get_config(), **own}
