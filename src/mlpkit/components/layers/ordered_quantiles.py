"""The end of a network whose outputs are quantiles: they never cross."""

from typing import Any, final

import keras
from keras import ops


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class OrderedQuantiles(keras.layers.Layer):
    """Make the outputs of each target ascend: q_1 = z_1, q_i = q_{i-1} + softplus(z_i).

    ``(..., rows, targets · num_quantiles)`` to the same, all quantiles of the first
    target first. The sums run one after the other, so that rounding cannot make two
    quantiles cross; very close ones may be equal.

    Args:
        num_quantiles: Quantiles of each target, >= 1.

    Raises:
        ValueError: An argument or an input out of range.

    >>> import numpy as np
    >>> OrderedQuantiles(3)(np.array([[1.0, 0.0, -9.0]])).numpy().round(4)
    array([[1.    , 1.6931, 1.6933]], dtype=float32)

    References: none; the usual construction by non-negative steps.
    """

    def __init__(self, num_quantiles: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if num_quantiles < 1:
            msg = f"OrderedQuantiles: num_quantiles must be >= 1, got {num_quantiles}"
            raise ValueError(msg)
        self.num_quantiles = num_quantiles
        self.supports_masking = True

    def build(self, input_shape: tuple) -> None:
        """Check the input."""
        if input_shape[-1] is None or input_shape[-1] % self.num_quantiles:
            msg = (
                f"OrderedQuantiles: the input must have {self.num_quantiles} columns "
                f"for each target, got shape {input_shape}"
            )
            raise ValueError(msg)

    def call(self, inputs: Any) -> Any:
        """Return the quantiles."""
        lead, count = ops.shape(inputs)[:-1], self.num_quantiles
        wide = keras.backend.result_type(inputs.dtype, "float32")
        z = ops.cast(inputs, wide)
        z = ops.reshape(z, (*lead, inputs.shape[-1] // count, count))
        steps = ops.softplus(z[..., 1:])
        quantiles = [z[..., 0]]
        for i in range(count - 1):
            quantiles.append(quantiles[-1] + steps[..., i])
        ordered = ops.reshape(ops.stack(quantiles, axis=-1), (*lead, inputs.shape[-1]))
        return ops.cast(ordered, self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "num_quantiles": self.num_quantiles}
