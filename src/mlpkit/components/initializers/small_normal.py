"""Small normal weights, the way before Glorot."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="mlpkit")
class SmallNormal(keras.initializers.Initializer):
    """N(0, 0.01²) whatever the fan: signals vanish with depth. For demonstration.

    >>> float(abs(SmallNormal(seed=1)((100, 100)).numpy()).max()) < 0.06
    True
    """

    def __init__(self, *, seed: int | None = None) -> None:
        self.seed = seed
        self._normal = keras.initializers.RandomNormal(stddev=0.01, seed=seed)

    def __call__(self, shape: tuple, dtype: Any = None) -> Any:
        return self._normal(shape, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"seed": self.seed}
