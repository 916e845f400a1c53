"""An activation that each unit may bend towards the identity."""

import math
from typing import Any, Self

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
class Parametric(Elementwise):
    """Parametric form of any activation σ: σ_α(x) = x + α (σ(x) - x), α learned.

    α = 1 is σ and α = 0 the identity. It is computed as (1 - α) x + α σ(x), which gives
    σ to the last bit at the start; the form above cancels where |x| is large. The
    weight is called ``alpha``, as PReLU's: optimizers leave it out of weight decay.

    The variable holds α / f. Adam and its relatives, which do not see the scale of a
    gradient, then move α by steps of f times their learning rate.

    Args:
        activation: Layer that maps each element, e.g. ``SELU()``.
        initial_alpha: Start of every α, finite.
        shared: One α for the layer, instead of one per unit of the last axis.
        learning_rate_factor: f, learning rate of α relative to the optimizer's, > 0;
            0.1 in RealMLP.
        members: m networks side by side, each with its own α: the input is ``(rows,
            units)`` or ``(m, rows, units)``, the output ``(m, rows, units)``.

    Raises:
        ValueError: ``activation`` is no layer, or a number out of range.

    >>> import numpy as np
    >>> from mlpkit.components.activations import ReLU
    >>> half = Parametric(ReLU(), initial_alpha=0.5)
    >>> half(np.array([[-2.0, 2.0]])).numpy().tolist()
    [[-1.0, 2.0]]

    References: Holzmüller, Grinsztajn & Steinwart 2024 (RealMLP), section 3.
    """

    def __init__(
        self,
        activation: keras.layers.Layer,
        *,
        initial_alpha: float = 1.0,
        shared: bool = False,
        learning_rate_factor: float = 1.0,
        members: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(activation, keras.layers.Layer):
            msg = f"Parametric: activation must be a Keras layer, got {activation!r}"
            raise ValueError(msg)
        if not math.isfinite(initial_alpha):
            msg = f"Parametric: initial_alpha must be finite, got {initial_alpha}"
            raise ValueError(msg)
        if not 0 < learning_rate_factor < math.inf:
            msg = (
                "Parametric: learning_rate_factor must be in (0, inf), "
                f"got {learning_rate_factor}"
            )
            raise ValueError(msg)
        self.activation = activation
        self.initial_alpha = initial_alpha
        self.shared = shared
        self.learning_rate_factor = learning_rate_factor
        self.members = check_members(self, members)

    def build(self, input_shape: tuple) -> None:
        """Create α / f, ``(units,)`` or ``(1,)``, led by the members, and build σ."""
        if self.members is not None:
            check_shape(self, input_shape, self.members)
        if not self.activation.built:
            self.activation.build(input_shape)
        self.alpha = self.add_weight(
            name="alpha",
            shape=member_shape(self.members, 1 if self.shared else input_shape[-1]),
            initializer=keras.initializers.Constant(
                self.initial_alpha / self.learning_rate_factor
            ),
            autocast=False,
        )

    def call(self, inputs: Any) -> Any:
        """Return σ_α of the inputs, same shape."""
        x = self.widened(inputs)
        bent = self.widened(self.activation(inputs))
        alpha = ops.cast(self.plain_alpha(), x.dtype)
        if self.members is not None:
            alpha = ops.expand_dims(alpha, -2)
        return self.narrowed((1 - alpha) * x + alpha * bent)

    def plain_alpha(self) -> Any:
        """Return α, shape of ``alpha``."""
        return self.learning_rate_factor * ops.convert_to_tensor(self.alpha)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape, led by the members."""
        return output_shape(input_shape, input_shape[-1], self.members)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "activation": keras.saving.serialize_keras_object(self.activation),
            "initial_alpha": self.initial_alpha,
            "shared": self.shared,
            "learning_rate_factor": self.learning_rate_factor,
            "members": self.members,
        }
        return {**super().get_config(), **own}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the layer of a ``get_config``."""
        inner = keras.saving.deserialize_keras_object(config["activation"])
        return cls(**{**config, "activation": inner})
