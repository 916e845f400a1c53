"""Four cosine waves of doubling length."""

from types import ModuleType
from typing import Any, final

import keras
import numpy as np

from mlpkit.components.schedules.base import (
    Schedule,
    check_rate,
    check_steps,
    fraction,
)


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class CosLog4(Schedule):
    """Four cosine waves, each about twice as long as the one before.

    With t = step / total_steps::

        rate(step) = max · (1 − cos(2π·log₂(1 + 15t))) / 2

    The rate is 0 at t = 0, 1/15, 3/15, 7/15 and 1: every valley is a place where a
    training stopped early would have ended well. So the first step moves nothing.

    Args:
        max_learning_rate: The peak of every wave, > 0.
        total_steps: Batches of the whole training, >= 1.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> CosLog4(1.0, total_steps=4).curve(5).round(3).tolist()
        [0.0, 0.493, 0.074, 0.876, 0.0]

    References:
        Holzmüller, Grinsztajn & Steinwart 2024 (arXiv 2407.04491), RealMLP.
    """

    def __init__(self, max_learning_rate: float, *, total_steps: int) -> None:
        self.max_learning_rate = check_rate(self, max_learning_rate)
        self.total_steps = check_steps(self, "total_steps", total_steps)

    def rate(self, step: Any, xp: ModuleType) -> Any:
        """The formula as sin²(π·log₂(1 + 15t)), which is exact in the valleys."""
        waves = xp.log2(1.0 + 15.0 * fraction(step, self.total_steps, xp))
        wave = xp.square(xp.sin(np.pi * (waves - xp.round(waves))))
        return self.max_learning_rate * wave
