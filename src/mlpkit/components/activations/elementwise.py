"""Keras' own activation functions, each as a layer without arguments."""

from collections.abc import Callable
from typing import Any, ClassVar

import keras


class Elementwise(keras.layers.Layer):
    """A layer that applies a function of Keras to every element."""

    function: ClassVar[Callable[[Any], Any]]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the function of the inputs, same shape."""
        return type(self).function(inputs)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape."""
        return input_shape


def _layer(name: str, function: Callable[[Any], Any], doc: str) -> type[Elementwise]:
    cls = type(
        name,
        (Elementwise,),
        {"function": staticmethod(function), "__doc__": doc, "__module__": __name__},
    )
    return keras.saving.register_keras_serializable(package="mlpkit")(cls)


Linear = _layer("Linear", keras.activations.linear, "x")
Sigmoid = _layer("Sigmoid", keras.activations.sigmoid, "1 / (1 + exp(-x))")
Tanh = _layer("Tanh", keras.activations.tanh, "tanh(x)")
ReLU = _layer("ReLU", keras.activations.relu, "max(x, 0)")
ELU = _layer("ELU", keras.activations.elu, "x if x > 0 else exp(x) - 1")
SELU = _layer("SELU", keras.activations.selu, "λ (x if x > 0 else α (exp(x) - 1))")
SiLU = _layer("SiLU", keras.activations.silu, "x sigmoid(x)")
Mish = _layer("Mish", keras.activations.mish, "x tanh(log(1 + exp(x)))")
