"""The same learning rate at every step."""

from types import ModuleType
from typing import Any, final

import keras

from mlpkit.components.schedules.base import Schedule, check_rate


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class Constant(Schedule):
    """One learning rate throughout: rate(step) = max_learning_rate.

    Args:
        max_learning_rate: The learning rate, > 0.

    Raises:
        ValueError: The rate is not a positive, finite number.

    Example:
        >>> Constant(0.1).curve(3).tolist()
        [0.1, 0.1, 0.1]
    """

    def __init__(self, max_learning_rate: float) -> None:
        self.max_learning_rate = check_rate(self, max_learning_rate)

    def rate(self, step: Any, xp: ModuleType) -> Any:
        """The constant, in the shape and type of ``step``."""
        return self.max_learning_rate * xp.ones_like(step)
