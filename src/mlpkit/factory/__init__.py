"""From a task's name to a compiled Keras model."""

from mlpkit.factory.build import build_model
from mlpkit.factory.resolve import build_activation, build_optimizer, build_schedule
from mlpkit.factory.tasks import TASKS, Task

__all__ = [
    "TASKS",
    "Task",
    "build_activation",
    "build_model",
    "build_optimizer",
    "build_schedule",
]
