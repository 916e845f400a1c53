"""Rectified linear unit with a random slope for negative inputs."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mlpkit")
class RReLU(keras.layers.Layer):
    """Randomized leaky rectified linear unit: x if x > 0 else a · x.

    While training each element draws its own a ~ U(lower, upper); at test time
    a = (lower + upper) / 2.

    Args:
        lower: Smallest slope, in [0, upper].
        upper: Largest slope, in [lower, 1].
        seed: Of the slopes; new each time if left.

    Raises:
        ValueError: Not 0 <= lower <= upper <= 1.

    >>> import numpy as np
    >>> RReLU(lower=0.25, upper=0.75)(np.array([[-2.0, 2.0]])).numpy().tolist()
    [[-1.0, 2.0]]

    References: Xu et al. 2015, section 3.4, which divides by U(3, 8) and tests with
        x / 5.5; slopes and their mean are PyTorch's here.
    """

    def __init__(
        self,
        *,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not 0 <= lower <= upper <= 1:
            msg = (
                "RReLU: lower and upper must hold 0 <= lower <= upper <= 1, "
                f"got lower={lower}, upper={upper}"
            )
            raise ValueError(msg)
        self.lower = lower
        self.upper = upper
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, inputs: Any, *, training: bool = False) -> Any:
        """Return the activation, same shape."""
        if training:
            slope = keras.random.uniform(
                ops.shape(inputs),
                self.lower,
                self.upper,
                dtype=self.compute_dtype,
                seed=self.seed_generator,
            )
        else:
            slope = (self.lower + self.upper) / 2
        return ops.where(inputs > 0, inputs, slope * inputs)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"lower": self.lower, "upper": self.upper, "seed": self.seed}
        return {**super().get_config(), **own}
