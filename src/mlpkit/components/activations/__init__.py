"""Activations as Keras layers, and the table of their names.

`Parametric` takes one of them and is therefore not in the table.
"""

import keras

from mlpkit.components.activations.elu import ELU
from mlpkit.components.activations.gelu import GELU
from mlpkit.components.activations.leaky_relu import LeakyReLU
from mlpkit.components.activations.linear import Linear
from mlpkit.components.activations.mish import Mish
from mlpkit.components.activations.parametric import Parametric
from mlpkit.components.activations.prelu import PReLU
from mlpkit.components.activations.relu import ReLU
from mlpkit.components.activations.rrelu import RReLU
from mlpkit.components.activations.selu import SELU
from mlpkit.components.activations.sigmoid import Sigmoid
from mlpkit.components.activations.silu import SiLU
from mlpkit.components.activations.tanh import Tanh
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
    "Parametric",
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
