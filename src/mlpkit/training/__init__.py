"""The loop: ordered batches, best weights, progress, devices."""

from mlpkit.training.callbacks import BestWeights, Progress
from mlpkit.training.checkpoint import epochs_done
from mlpkit.training.devices import placement, writes_files
from mlpkit.training.find_learning_rate import (
    LearningRateCurve,
    find_learning_rate,
)
from mlpkit.training.fit import fit

__all__ = [
    "BestWeights",
    "LearningRateCurve",
    "Progress",
    "epochs_done",
    "find_learning_rate",
    "fit",
    "placement",
    "writes_files",
]
