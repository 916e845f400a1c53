"""Which initializer fits which activation."""

import keras

from mlpkit.components.initializers.small_normal import SmallNormal

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

_LEAKY = ("leaky_relu", "prelu", "rrelu")

INITIALIZER_FOR: dict[str, str] = {
    **dict.fromkeys(
        ("linear", "sigmoid", "softmax", "tanh", "threshold"), "glorot_uniform"
    ),
    **dict.fromkeys(("relu", "gelu", "silu", "elu", "mish", *_LEAKY), "he_normal"),
    "selu": "lecun_normal",
}


def initializer_for(
    activation: str, *, negative_slope: float = 0.0, seed: int | None = None
) -> keras.initializers.Initializer:
    """Return the initializer that keeps the variance of signals through an activation.

    Args:
        activation: Key of ``INITIALIZER_FOR``.
        negative_slope: a of leaky_relu, prelu and rrelu, finite: their variance is
            2 / ((1 + a²) fan_in). A slope below 0.1 changes it by less than 1 %.
        seed: Of the draw; new each time if left.

    Raises:
        ValueError: Unknown activation, or a slope for one that has none.

    >>> initializer_for("relu", seed=1).__class__.__name__
    'HeNormal'
    >>> round(initializer_for("prelu", negative_slope=0.25).scale, 4)
    1.8824

    References: Glorot & Bengio 2010, eq. 12; LeCun et al. 1998, section 4.6; He et al.
        2015, eq. 10 and 15.
    """
    if activation not in INITIALIZER_FOR:
        known = ", ".join(sorted(INITIALIZER_FOR))
        msg = f"initializer_for: activation must be one of {known}, got {activation!r}"
        raise ValueError(msg)
    if negative_slope == 0:
        return INITIALIZERS[INITIALIZER_FOR[activation]](seed=seed)
    if activation not in _LEAKY or not abs(negative_slope) < float("inf"):
        msg = (
            "initializer_for: negative_slope must be 0, or finite for "
            f"{', '.join(_LEAKY)}, got {negative_slope} for {activation!r}"
        )
        raise ValueError(msg)
    return keras.initializers.VarianceScaling(
        scale=2 / (1 + negative_slope**2), mode="fan_in", seed=seed
    )
