"""A constant factor from step to step."""

from types import ModuleType
from typing import Any, final

import keras

from mlpkit.components.schedules.base import (
    Schedule,
    check_number,
    check_rate,
    check_steps,
    fraction,
)


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class ExponentialDecay(Schedule):
    """The same factor at every step, down to a given part of the first rate.

    With t = step / total_steps and f = final_factor::

        rate(step) = max · f^t

    Args:
        max_learning_rate: The first rate, > 0.
        total_steps: Batches of the whole training, >= 1.
        final_factor: f, the last rate as a part of the first, in (0, 1].

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> ExponentialDecay(1.0, total_steps=2, final_factor=0.01).curve(4).tolist()
        [1.0, 0.1, 0.01, 0.01]

    References:
        Keras' schedule of this name, stated by where it ends: a change of the number of
        epochs or of the batch size keeps its course.
    """

    def __init__(
        self, max_learning_rate: float, *, total_steps: int, final_factor: float = 0.01
    ) -> None:
        self.max_learning_rate = check_rate(self, max_learning_rate)
        self.total_steps = check_steps(self, "total_steps", total_steps)
        self.final_factor = check_number(
            self, "final_factor", final_factor, 0, 1, closed="right"
        )

    def rate(self, step: Any, xp: ModuleType) -> Any:
        """The formula above; the end value from ``total_steps`` on."""
        done = fraction(step, self.total_steps, xp)
        return self.max_learning_rate * xp.power(self.final_factor, done)
