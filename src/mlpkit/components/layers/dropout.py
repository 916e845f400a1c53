"""Dropout whose rate can change without another compilation."""

from typing import Any, final

import keras
import numpy as np
from keras import ops

from mlpkit.components.noise import Noise
from mlpkit.components.replica_seed import ReplicaSeedGenerator


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class Dropout(keras.layers.Layer):
    """Set a share of the inputs to zero while training: y = x · k / (1 - rate).

    k is 1 with probability 1 - rate, else 0, each element its own; every member and
    every replica draws its own. At test time, and with rate 0, y = x.

    The rate lives in a variable: assigning ``layer.rate`` (a number, or a tensor inside
    a compiled step) takes effect without tracing again. The masks come from
    `Noise`: on CPUs XLA's own generator costs more than a small network.

    Args:
        rate: Share of the inputs to drop, in [0, 1).
        seed: Of the masks; new each time if left. In `mlpkit.fit` on one device the
            first dropout layer's seed is that of all.

    Raises:
        ValueError: Rate out of range.

    >>> import numpy as np
    >>> layer = Dropout(0.5, seed=1)
    >>> layer(np.ones((1, 2))).numpy().tolist()
    [[1.0, 1.0]]
    >>> sorted(set(layer(np.ones((1, 50)), training=True).numpy().ravel().tolist()))
    [0.0, 2.0]

    References: Srivastava et al. 2014, section 10 for the scaling while training.
    """

    def __init__(self, rate: float, *, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.supports_masking = True
        self.seed_generator = ReplicaSeedGenerator(seed)
        self._given = _checked(rate)
        self._rate = self.add_weight(
            name="rate",
            shape=(),
            initializer=keras.initializers.Constant(self._given),
            dtype="float32",
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
        )
        self._build_at_init()

    @property
    def rate(self) -> keras.Variable:
        """The share to drop, a scalar variable; ``float(layer.rate)`` is its number."""
        return self._rate

    @rate.setter
    def rate(self, value: Any) -> None:
        if not ops.is_tensor(value):
            value = self._given = _checked(value)
        self._rate.assign(value)

    def call(self, inputs: Any, *, training: bool = False) -> Any:
        """Return the masked inputs, same shape."""
        if not training:
            return inputs
        rate = ops.convert_to_tensor(self._rate)
        return drop(inputs, rate, Noise(self.seed_generator.next()))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, the rate as it is now."""
        # a sum is a tensor; a variable of several replicas is no array
        now = float(ops.convert_to_numpy(self._rate + 0.0))
        # the variable rounds: give the number back as it was written
        as_given = abs(now - self._given) <= 1e-7 * self._given
        rate = self._given if as_given else now
        return {**super().get_config(), "rate": rate, "seed": self.seed}


def _checked(rate: Any) -> float:
    if not 0 <= np.float32(rate) < 1:  # in whose precision it is kept
        msg = f"Dropout: rate must be in [0, 1), got {rate}"
        raise ValueError(msg)
    return float(rate)


def drop(inputs: Any, rate: Any, noise: Noise) -> Any:
    """Return x · k / (1 - rate), with masks k of `Noise.survivors`.

    Args:
        inputs: x, any shape.
        rate: Scalar tensor in [0, 1).
        noise: Whose next numbers are drawn.
    """
    rate = ops.cast(rate, "float32")
    factor = noise.survivors(ops.shape(inputs), rate) * (1 / (1 - rate))
    # 1 / (1 - rate) in half precision would be off by up to 0.4 % for all alike
    wide = keras.backend.result_type(inputs.dtype, "float32")
    return ops.cast(ops.cast(inputs, wide) * ops.cast(factor, wide), inputs.dtype)
