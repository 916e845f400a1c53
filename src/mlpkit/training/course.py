"""What a training does beside its steps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlpkit.training.monitor import Monitor
from mlpkit.training.rows import Rows


@dataclass(frozen=True)
class Course:
    """Epochs, validation, and when to stop.

    Attributes:
        epochs: Number of the last epoch + 1.
        initial_epoch: Number of the first one.
        validation: Rows, or None.
        validation_freq: Epochs from one evaluation to the next, or a list of the epochs
            (counted from 1) that end with one.
        validation_batch_size: Rows per evaluation step.
        monitor: The value that is compared; None: none.
        patience: Epochs without a better value before stopping; None: never.
        restore_best_weights: Whether to end with the weights of the best epoch.
        weight_averaging: η of the average that is evaluated and kept; None: none.
        schedules: Of factors: "dropout", "weight_decay" → schedule.
        checkpoint: File that holds the whole state.
        checkpoint_seconds: Least time between two writings of it.
        deterministic: Whether a GPU, too, shall give the same bits again.
    """

    epochs: int
    initial_epoch: int = 0
    validation: Rows | None = None
    validation_freq: Any = 1
    validation_batch_size: int = 4096
    monitor: Monitor | None = None
    patience: int | None = None
    restore_best_weights: bool = True
    weight_averaging: float | None = None
    schedules: Mapping[str, Any] = field(default_factory=dict)
    checkpoint: Path | None = None
    checkpoint_seconds: float = 10.0
    deterministic: bool = True

    @property
    def likely_epochs(self) -> float:
        """Epochs to expect: with patience, half of those left, or those it waits."""
        left = self.epochs - self.initial_epoch
        if self.patience is None:
            return left
        return min(left, max(left / 2, self.patience + 1))

    def validates(self, epoch: int) -> bool:
        """Tell whether an epoch ends with an evaluation."""
        if self.validation is None:
            return False
        if isinstance(self.validation_freq, Collection):
            return epoch + 1 in self.validation_freq
        return (epoch + 1) % self.validation_freq == 0

    def compares(self, epoch: int) -> bool:
        """Tell whether an epoch ends with a value of the monitor."""
        if self.monitor is None:
            return False
        return self.validates(epoch) or not self.monitor.name.startswith("val_")
