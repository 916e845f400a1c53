"""Activations as Keras layers, and the table of their names."""

import keras

from mlpkit.components.activations.elementwise import (
    ELU,
    SELU,
    Linear,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Tanh,
)
from mlpkit.components.activations.gelu import GELU
from mlpkit.components.activations.leaky_relu import LeakyReLU
from mlpkit.components.activations.prelu import PReLU
from mlpkit.components.activations.rrelu import RReLU
from mlpkit.components.activations.threshold import Threshold

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "SELU",
    "LeakyReLU",
    "Linear",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Tanh",
    "Threshold",
]

ACTIVATIONS: dict[str, type[keras.layers.Layer]] = {
    "elu": ELU,
    "gelu": GELU,
    "leaky_relu": LeakyReLU,
    "linear": Linear,
    "mish": Mish,
    "prelu": PReLU,
    "relu": ReLU,
    "rrelu": RReLU,
    "selu": SELU,
    "sigmoid": Sigmoid,
    "silu": SiLU,
    "tanh": Tanh,
    "threshold": Threshold,
}
