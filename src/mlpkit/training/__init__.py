"""The loop: ordered batches, best weights, progress, devices."""

from mlpkit.training.callbacks import BestWeights, Progress
from mlpkit.training.devices import placement
from mlpkit.training.fit import batch_size_for, fit

__all__ = ["BestWeights", "Progress", "batch_size_for", "fit", "placement"]
