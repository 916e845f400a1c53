"""Initializers, and which one fits which activation.

| activation                                   | initializer | variance            |
|----------------------------------------------|-------------|---------------------|
| linear, sigmoid, softmax, tanh, threshold    | Glorot      | 2 / (fan_in + fan_out) |
| relu and its relatives, gelu, silu, elu, mish | He          | 2 / fan_in          |
| selu                                         | LeCun       | 1 / fan_in          |

Constant weights (all units stay alike) and N(0, 0.01²) (signals vanish with depth) are
the lecture's bad examples.
"""

import keras

from mlpkit.components.initializers.small_normal import SmallNormal

__all__ = ["INITIALIZERS", "INITIALIZER_FOR", "SmallNormal", "initializer_for"]

INITIALIZERS: dict[str, type[keras.initializers.Initializer]] = {
    "constant": keras.initializers.Constant,
    "glorot_normal": keras.initializers.GlorotNormal,
    "glorot_uniform": keras.initializers.GlorotUniform,
    "he_normal": keras.initializers.HeNormal,
    "he_uniform": keras.initializers.HeUniform,
    "lecun_normal": keras.initializers.LecunNormal,
    "lecun_uniform": keras.initializers.LecunUniform,
    "small_normal": SmallNormal,
}

INITIALIZER_FOR: dict[str, str] = {
    **dict.fromkeys(
        ("linear", "sigmoid", "softmax", "tanh", "threshold"), "glorot_uniform"
    ),
    **dict.fromkeys(
        ("relu", "leaky_relu", "rrelu", "prelu", "gelu", "silu", "elu", "mish"),
        "he_normal",
    ),
    "selu": "lecun_normal",
}


def initializer_for(
    activation: str, *, seed: int | None = None
) -> keras.initializers.Initializer:
    """Return the initializer that keeps the variance through that activation.

    Raises:
        ValueError: The table has no such activation.

    >>> initializer_for("relu", seed=1).__class__.__name__
    'HeNormal'
    """
    if activation not in INITIALIZER_FOR:
        known = ", ".join(sorted(INITIALIZER_FOR))
        msg = f"initializer_for: activation must be one of {known}, got {activation!r}"
        raise ValueError(msg)
    return INITIALIZERS[INITIALIZER_FOR[activation]](seed=seed)
