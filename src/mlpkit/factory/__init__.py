"""From a task's name to a compiled Keras model."""

from mlpkit.factory.averaged import averaged
from mlpkit.factory.build import build_model
from mlpkit.factory.folded import folded
from mlpkit.factory.resolve import build_activation, build_optimizer, build_schedule
from mlpkit.factory.tasks import TASKS, Task

__all__ = [
    "TASKS",
    "Task",
    "averaged",
    "build_activation",
    "build_model",
    "build_optimizer",
    "build_schedule",
    "folded",
]
