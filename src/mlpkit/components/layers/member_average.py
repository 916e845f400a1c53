"""One answer of many members."""

from collections.abc import Callable
from typing import Any, final

import keras
from keras import ops


def _log_of_mean(log_p: Any) -> Any:
    return ops.logsumexp(log_p, axis=0) - ops.log(
        ops.cast(ops.shape(log_p)[0], log_p.dtype)
    )


def _sigmoid(z: Any) -> Any:
    # m drops out of the difference
    yes, no = ops.log_sigmoid(z), ops.log_sigmoid(-z)
    return ops.logsumexp(yes, axis=0) - ops.logsumexp(no, axis=0)


_RULES: dict[str, Callable[[Any], Any]] = {
    "linear": lambda z: ops.mean(z, axis=0),
    "sigmoid": _sigmoid,
    "softmax": lambda z: _log_of_mean(ops.log_softmax(z, axis=-1)),
}


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class MemberAverage(keras.layers.Layer):
    """Logits of the members → logits z of their mean answer: f(z) = mean_i f(z_i).

    | activation f | z                                                |
    |--------------|--------------------------------------------------|
    | "linear"     | the mean of the values                           |
    | "sigmoid"    | log mean p - log mean (1 - p), each output alone |
    | "softmax"    | log mean p                                       |

    Probabilities are averaged, not logits: a member that is very sure does not outvote
    all others. Computed from logarithms, which do not underflow.

    ``(m, rows, units) → (rows, units)``.

    Args:
        activation: f, of the network's output.

    Raises:
        ValueError: Another activation, or an input of another rank.

    >>> layer = MemberAverage("sigmoid")
    >>> z = ops.convert_to_tensor([[[-2.0]], [[4.0]]])
    >>> [round(float(ops.mean(ops.sigmoid(x))), 4) for x in (z, layer(z))]
    [0.5506, 0.5506]

    References: none.
    """

    def __init__(self, activation: str = "linear", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if activation not in _RULES:
            known = ", ".join(map(repr, _RULES))
            msg = f"MemberAverage: activation must be one of {known}, got"
            raise ValueError(f"{msg} {activation!r}")
        self.activation = activation
        self.supports_masking = True

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return that of the first member: members see the same rows."""
        return None if mask is None else mask[0]

    def call(self, inputs: Any) -> Any:
        """Return z."""
        self.compute_output_shape(inputs.shape)
        return _RULES[self.activation](inputs)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return ``(rows, units)``."""
        if len(input_shape) != 3:
            msg = "MemberAverage: the input must be (members, rows, units), got shape"
            raise ValueError(f"{msg} {tuple(input_shape)}")
        return tuple(input_shape[1:])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "activation": self.activation}
