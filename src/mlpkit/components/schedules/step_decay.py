"""A drop of the rate at given parts of the training."""

from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType
from typing import Any, final

import keras

from mlpkit.components.schedules.base import (
    Schedule,
    check_number,
    check_rate,
    check_steps,
)


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class StepDecay(Schedule):
    """A drop by the same factor at given parts of the training.

    With t = step / total_steps::

        rate(step) = max · factor^(number of boundaries <= t)

    Args:
        max_learning_rate: The first rate, > 0.
        total_steps: Batches of the whole training, >= 1.
        boundaries: Parts of the training after which the rate drops, rising, in (0, 1).
        factor: Of each drop, in (0, 1].

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> StepDecay(1.0, total_steps=8, factor=0.5).curve(9).tolist()
        [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.25]

    References:
        He et al. 2016 (arXiv 1512.03385), section 4.2: a tenth at 50 % and at 75 %.
    """

    def __init__(
        self,
        max_learning_rate: float,
        *,
        total_steps: int,
        boundaries: Sequence[float] = (0.5, 0.75),
        factor: float = 0.1,
    ) -> None:
        self.max_learning_rate = check_rate(self, max_learning_rate)
        self.total_steps = check_steps(self, "total_steps", total_steps)
        self.boundaries = [
            check_number(self, "boundaries", b, 0, 1) for b in boundaries
        ]
        if any(later <= earlier for earlier, later in pairwise(self.boundaries)):
            raise ValueError(
                f"StepDecay: boundaries must be rising, in (0, 1), got {boundaries!r}"
            )
        self.factor = check_number(self, "factor", factor, 0, 1, closed="right")

    def rate(self, step: Any, xp: ModuleType) -> Any:
        """The formula above."""
        rate = self.max_learning_rate * xp.ones_like(step)
        for boundary in self.boundaries:
            dropped = step >= boundary * self.total_steps
            rate = xp.where(dropped, rate * self.factor, rate)
        return rate
