"""Small normal weights, the way before Glorot."""

from typing import Any

import keras

_STDDEV = 0.01


@keras.saving.register_keras_serializable(package="mlpkit")
class SmallNormal(keras.initializers.Initializer):
    """Normal weights N(0, 0.01²) whatever the fan. For demonstration only.

    A layer of width n multiplies the standard deviation of its input by 0.01 √n: with
    100 units by 0.1, so that the signal is gone after a few layers.

    Args:
        seed: Of the draw; new each time if left.

    >>> float(abs(SmallNormal(seed=1)((100, 100)).numpy()).max()) < 0.06
    True

    References: Krizhevsky, Sutskever & Hinton 2012, section 5.
    """

    def __init__(self, *, seed: int | None = None) -> None:
        self.seed = seed
        self._normal = keras.initializers.RandomNormal(stddev=_STDDEV, seed=seed)

    def __call__(self, shape: tuple, dtype: Any = None) -> Any:
        """Return the weights."""
        return self._normal(shape, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"seed": self.seed}
