"""Flat, then half a cosine down to zero."""

from types import ModuleType
from typing import Any, final

import keras

from mlpkit.components.schedules.base import (
    Schedule,
    check_number,
    check_rate,
    check_steps,
    fall,
    fraction,
)


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class FlatCosine(Schedule):
    """The peak for the first part of the training, then half a cosine down to 0.

    With t = step / total_steps and s = flat_fraction::

        rate(step) = max                                     t < s
        rate(step) = max · (1 + cos(π·(t − s) / (1 − s))) / 2

    Args:
        max_learning_rate: The peak, > 0.
        total_steps: Batches of the whole training, >= 1.
        flat_fraction: s, in [0, 1). fastai's ``fit_flat_cos`` has 0.75.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> FlatCosine(1.0, total_steps=8).curve(9).round(3).tolist()
        [1.0, 1.0, 1.0, 1.0, 1.0, 0.854, 0.5, 0.146, 0.0]

    References:
        Holzmüller, Grinsztajn & Steinwart 2024 (arXiv 2407.04491), who give dropout and
        weight decay this course.
    """

    def __init__(
        self, max_learning_rate: float, *, total_steps: int, flat_fraction: float = 0.5
    ) -> None:
        self.max_learning_rate = check_rate(self, max_learning_rate)
        self.total_steps = check_steps(self, "total_steps", total_steps)
        self.flat_fraction = check_number(
            self, "flat_fraction", flat_fraction, 0, 1, closed="left"
        )

    def rate(self, step: Any, xp: ModuleType) -> Any:
        """The formula above; 0 from ``total_steps`` on."""
        remaining = 1.0 - fraction(step, self.total_steps, xp)
        part = xp.minimum(remaining / (1.0 - self.flat_fraction), 1.0)
        return self.max_learning_rate * fall(part, xp)
