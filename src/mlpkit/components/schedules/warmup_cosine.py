"""A linear rise, then half a cosine down."""

from types import ModuleType
from typing import Any, final

import keras

from mlpkit.components.schedules.base import (
    Schedule,
    check_number,
    check_rate,
    check_steps,
    fall,
)


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class WarmupCosine(Schedule):
    """Linear warm-up to the peak, then half a cosine down to a fraction of it.

    With W = ⌊warmup_fraction · total_steps⌋ and f = final_factor::

        rate(step) = max · (step + 1) / W                      step < W
        rate(step) = max · (f + (1 − f) · (1 + cos π·p) / 2)   p = (step − W) / (T − W)

    Args:
        max_learning_rate: The peak, > 0, reached at step W − 1 (at step 0 if W = 0).
        total_steps: T, batches of the whole training, >= 1.
        warmup_fraction: Part of the training spent rising, in [0, 1).
        final_factor: The last rate as a part of the peak, in [0, 1].

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> schedule = WarmupCosine(0.1, total_steps=8, warmup_fraction=0.25)
        >>> schedule.curve(9).round(4).tolist()
        [0.05, 0.1, 0.1, 0.0933, 0.075, 0.05, 0.025, 0.0067, 0.0]

    References:
        Loshchilov & Hutter 2017 (arXiv 1608.03983), eq. 5, restarts left out; warm-up
        of Goyal et al. 2017 (arXiv 1706.02677), counted so that no step has rate 0.
    """

    def __init__(
        self,
        max_learning_rate: float,
        *,
        total_steps: int,
        warmup_fraction: float = 0.1,
        final_factor: float = 0.0,
    ) -> None:
        self.max_learning_rate = check_rate(self, max_learning_rate)
        self.total_steps = check_steps(self, "total_steps", total_steps)
        self.warmup_fraction = check_number(
            self, "warmup_fraction", warmup_fraction, 0, 1, closed="left"
        )
        self.final_factor = check_number(
            self, "final_factor", final_factor, 0, 1, closed="both"
        )

    def rate(self, step: Any, xp: ModuleType) -> Any:
        """The formula above; the end value from ``total_steps`` on."""
        warmup_steps = int(self.warmup_fraction * self.total_steps)
        remaining = (self.total_steps - step) / (self.total_steps - warmup_steps)
        falling = fall(xp.clip(remaining, 0.0, 1.0), xp)
        factor = self.final_factor + (1.0 - self.final_factor) * falling
        if warmup_steps:
            factor = xp.where(step < warmup_steps, (step + 1.0) / warmup_steps, factor)
        return self.max_learning_rate * factor
