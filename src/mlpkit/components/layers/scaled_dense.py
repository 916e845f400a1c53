"""Dense layer whose weights are of order one and whose scales stand in the formula."""

import math
from typing import Any, final

import keras
import numpy as np
from keras import ops

from mlpkit.components.layers.members import (
    check_members,
    check_shape,
    each_member,
    member_shape,
    output_shape,
)


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class ScaledDense(keras.layers.Layer):
    """Dense layer in NTK parametrization, with learning-rate factors: z = x W/√d + b.

    d are the input features. The variables hold W / f_W and b / f_b::

        z = f_W/√d · x kernel + f_b · bias

    The initializers give W and b. Adam and its relatives do not see the scale of a
    gradient, so that with a learning rate η they move W by steps of f_W·η and b by
    steps of f_b·η: a learning rate for each, with any optimizer of that kind. Decoupled
    weight decay takes the same share η·λ off all of them, whatever the factor.

    ``(rows, d) → (rows, units)``, or ``(m, rows, units)`` with ``members=m``.

    Args:
        units: Outputs, >= 1.
        kernel_factor: f_W, learning rate of W relative to the optimizer's, > 0.
        bias_factor: f_b, that of b, > 0. RealMLP's default.
        use_bias: Whether there is a b.
        kernel_initializer: Of W, ``(d, units)``. N(0, 1) if left.
        bias_initializer: Of b, ``(units,)``.
        members: m networks side by side, each with its own draw of the initializers.

    Raises:
        ValueError: An argument or an input out of range.

    >>> layer = ScaledDense(3, members=2)
    >>> layer(np.ones((5, 4), "float32")).shape
    TensorShape([2, 5, 3])
    >>> [w.shape for w in layer.plain_weights()]
    [(2, 4, 3), (2, 3)]

    References: Jacot, Gabriel & Hongler 2018, section 2; Holzmüller, Grinsztajn &
        Steinwart 2024 (RealMLP), appendix A, whose code decays by f² instead.
    """

    def __init__(
        self,
        units: int,
        *,
        kernel_factor: float = 1.0,
        bias_factor: float = 0.1,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = "zeros",
        members: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if units < 1:
            msg = f"ScaledDense: units must be >= 1, got {units}"
            raise ValueError(msg)
        for name, value in (("kernel", kernel_factor), ("bias", bias_factor)):
            if not 0 < value < math.inf:
                msg = f"ScaledDense: {name}_factor must be in (0, inf), got {value}"
                raise ValueError(msg)
        self.units = units
        self.kernel_factor = kernel_factor
        self.bias_factor = bias_factor
        self.use_bias = use_bias
        if kernel_initializer is None:
            kernel_initializer = keras.initializers.RandomNormal(stddev=1.0)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.members = check_members(self, members)
        self.supports_masking = True

    def build(self, input_shape: tuple) -> None:
        """Create ``kernel`` and ``bias``."""
        check_shape(self, input_shape, self.members)
        features = input_shape[-1]
        self._scale = self.kernel_factor / math.sqrt(features)
        self.kernel = self.add_weight(
            name="kernel",
            shape=member_shape(self.members, features, self.units),
            initializer=each_member(
                self.kernel_initializer, self.members, factor=self.kernel_factor
            ),
        )
        self.bias: Any = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=member_shape(self.members, self.units),
                initializer=each_member(
                    self.bias_initializer, self.members, factor=self.bias_factor
                ),
            )

    def call(self, inputs: Any) -> Any:
        """Return z."""
        # one batched product: on CPUs as fast as m single ones, or faster
        z = self._scale * ops.matmul(inputs, self.kernel)
        if self.bias is None:
            return z
        bias = self.bias_factor * self.bias
        return z + (bias if self.members is None else ops.expand_dims(bias, -2))

    def plain_weights(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Return W/√d and b, what `keras.layers.Dense` needs for the same z."""
        kernel = np.asarray(self.kernel) * self._scale
        if self.bias is None:
            return kernel, None
        return kernel, np.asarray(self.bias) * self.bias_factor

    def set_plain_weights(
        self, *, kernel: np.ndarray | None = None, bias: np.ndarray | None = None
    ) -> None:
        """Set W/√d, b, or both; what is left stays."""
        if kernel is not None:
            self.kernel.assign(np.asarray(kernel) / self._scale)
        if bias is not None:
            self.bias.assign(np.asarray(bias) / self.bias_factor)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape with ``units``, led by the members."""
        return output_shape(input_shape, self.units, self.members)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        serialize = keras.initializers.serialize
        own = {
            "units": self.units,
            "kernel_factor": self.kernel_factor,
            "bias_factor": self.bias_factor,
            "use_bias": self.use_bias,
            "kernel_initializer": serialize(self.kernel_initializer),
            "bias_initializer": serialize(self.bias_initializer),
            "members": self.members,
        }
        return {**super().get_config(), **own}
