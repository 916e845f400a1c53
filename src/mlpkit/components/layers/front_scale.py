"""A learned scale for each feature."""

import math
from typing import Any, final

import keras
from keras import ops

from mlpkit.components.layers.members import (
    check_members,
    check_shape,
    member_shape,
    output_shape,
)


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class FrontScale(keras.layers.Layer):
    """Scale each feature: y = s x with s = 1 + f ŝ, ŝ learned from 0.

    A soft selection of features in front of the network. Adam and its relatives move s
    by steps of f times their learning rate. Weight decay pulls s to 1, no scale; in
    RealMLP it pulls s to 0.

    ``(rows, features)`` to the same, or ``(m, rows, features)`` with ``members=m``.

    Args:
        learning_rate_factor: f, learning rate of s relative to the optimizer's, > 0.
        members: m networks side by side, each with its own s.

    Raises:
        ValueError: An argument or an input out of range.

    >>> import numpy as np
    >>> layer = FrontScale()
    >>> layer.build((None, 2))
    >>> layer.offset.assign([0.5, 0.0]).numpy().tolist()
    [0.5, 0.0]
    >>> layer(np.ones((1, 2))).numpy().tolist()
    [[4.0, 1.0]]

    References: Holzmüller, Grinsztajn & Steinwart 2024 (RealMLP), section 3.
    """

    def __init__(
        self,
        *,
        learning_rate_factor: float = 6.0,
        members: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not 0 < learning_rate_factor < math.inf:
            msg = (
                "FrontScale: learning_rate_factor must be in (0, inf), "
                f"got {learning_rate_factor}"
            )
            raise ValueError(msg)
        self.learning_rate_factor = learning_rate_factor
        self.members = check_members(self, members)
        self.supports_masking = True

    def build(self, input_shape: tuple) -> None:
        """Create ŝ, ``(features,)``."""
        check_shape(self, input_shape, self.members)
        self.offset = self.add_weight(
            name="offset",
            shape=member_shape(self.members, input_shape[-1]),
            initializer="zeros",
            autocast=False,
        )

    def call(self, inputs: Any) -> Any:
        """Return s x."""
        scale = self.plain_scale()
        return inputs * ops.cast(
            scale if self.members is None else scale[:, None], inputs.dtype
        )

    def plain_scale(self) -> Any:
        """Return s, shape of ``offset``, to be folded into the next kernel."""
        return 1 + self.learning_rate_factor * ops.convert_to_tensor(self.offset)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape, led by the members."""
        return output_shape(input_shape, input_shape[-1], self.members)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "learning_rate_factor": self.learning_rate_factor,
            "members": self.members,
        }
        return {**super().get_config(), **own}
