"""Initializers, and which one fits which activation.

| activation                                     | initializer | variance           |
|------------------------------------------------|-------------|--------------------|
| linear, sigmoid, softmax, tanh, threshold      | Glorot      | 2/(fan_in+fan_out) |
| relu, the leaky ones, elu, gelu, mish, silu    | He          | 2/fan_in           |
| selu                                           | LeCun       | 1/fan_in           |

Constant weights (all units of a layer stay alike) and N(0, 0.01²) (signals vanish with
depth) are the lecture's bad examples. `initialize_from_data` looks at the data instead.
"""

from mlpkit.components.initializers.by_activation import (
    INITIALIZER_FOR,
    INITIALIZERS,
    initializer_for,
)
from mlpkit.components.initializers.data_dependent import initialize_from_data
from mlpkit.components.initializers.small_normal import SmallNormal

__all__ = [
    "INITIALIZERS",
    "INITIALIZER_FOR",
    "SmallNormal",
    "initialize_from_data",
    "initializer_for",
]
