"""An activation that each unit may bend towards the identity."""

import math
from typing import Any, Self

import keras
from keras import ops

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class Parametric(Elementwise):
    """Parametric form of any activation σ: σ_α(x) = x + α (σ(x) - x), α learned.

    α = 1 is σ and α = 0 the identity. It is computed as (1 - α) x + α σ(x), which gives
    σ to the last bit at the start; the form above cancels where |x| is large. The
    weight is called ``alpha``, as PReLU's: optimizers leave it out of weight decay.

    Args:
        activation: Layer that maps each element, e.g. ``SELU()``.
        initial_alpha: Start of every α, finite.
        shared: One α for the layer, instead of one per unit of the last axis.

    Raises:
        ValueError: ``activation`` is no layer, or ``initial_alpha`` not finite.

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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(activation, keras.layers.Layer):
            msg = f"Parametric: activation must be a Keras layer, got {activation!r}"
            raise ValueError(msg)
        if not math.isfinite(initial_alpha):
            msg = f"Parametric: initial_alpha must be finite, got {initial_alpha}"
            raise ValueError(msg)
        self.activation = activation
        self.initial_alpha = initial_alpha
        self.shared = shared

    def build(self, input_shape: tuple) -> None:
        """Create α, shape ``(units,)`` or ``(1,)``, and build σ."""
        if not self.activation.built:
            self.activation.build(input_shape)
        self.alpha = self.add_weight(
            name="alpha",
            shape=(1 if self.shared else input_shape[-1],),
            initializer=keras.initializers.Constant(self.initial_alpha),
            autocast=False,
        )

    def call(self, inputs: Any) -> Any:
        """Return σ_α of the inputs, same shape."""
        x = self.widened(inputs)
        bent = self.widened(self.activation(inputs))
        alpha = ops.cast(self.alpha, x.dtype)
        return self.narrowed((1 - alpha) * x + alpha * bent)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "activation": keras.saving.serialize_keras_object(self.activation),
            "initial_alpha": self.initial_alpha,
            "shared": self.shared,
        }
        return {**super().get_config(), **own}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the layer of a ``get_config``."""
        inner = keras.saving.deserialize_keras_object(config["activation"])
        return cls(**{**config, "activation": inner})
