"""Gradients of members that train side by side."""

from typing import Any, final

import keras
from keras import ops

from mlpkit.components.layers.members import check_members


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class MemberGradient(keras.layers.Layer):
    """Pass the inputs on, and m times their gradient back.

    The loss of m networks side by side is the mean of their losses, of which each has
    an m-th of the gradient it would have alone. This layer in front of the loss gives
    it back: a learning rate then means the same for any optimizer, and losses are told
    as means. Not for members that share weights: those train on the mean.

    Any shape to the same.

    Args:
        members: m, >= 1.

    Raises:
        ValueError: ``members`` out of range.

    >>> MemberGradient(4)(ops.ones(2)).numpy().tolist()
    [1.0, 1.0]

    References: none.
    """

    def __init__(self, members: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if members is None:
            msg = "MemberGradient: members must be a whole number >= 1, got None"
            raise ValueError(msg)
        self.members: Any = check_members(self, members)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""

        @ops.custom_gradient
        def passed(x: Any) -> tuple[Any, Any]:
            def gradient(*upstream: Any, **named: Any) -> Any:
                dy = upstream[0] if upstream else named["upstream"]
                return dy * self.members

            return x, gradient

        return passed(inputs)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "members": self.members}
