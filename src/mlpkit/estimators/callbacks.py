"""scikit-learn's rules of training that are no part of the configuration."""

from collections.abc import Sequence
from typing import final

import keras
import numpy as np


@final
class StopWhenFlat(keras.callbacks.Callback):
    """Stop when a loss has not fallen by ``tol`` for so many epochs, as scikit-learn.

    Args:
        monitor: ``"loss"`` or ``"val_loss"``.
        tol: A lower loss counts from this difference on, >= 0.
        patience: Epochs without one after which training stops, >= 1.
    """

    def __init__(self, monitor: str, *, tol: float, patience: int) -> None:
        super().__init__()
        self.monitor = monitor
        self.tol = tol
        self.patience = patience
        self._best = np.inf
        self._waited = 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Compare this epoch with the best one so far."""
        loss = (logs or {})[self.monitor]
        self._waited = 0 if loss <= self._best - self.tol else self._waited + 1
        self._best = min(self._best, loss)
        if self._waited >= self.patience:
            self.model.stop_training = True


@final
class InverseScaling(keras.callbacks.Callback):
    """After each epoch the rate is ``η / (1 + t)^power``, t the rows seen so far.

    Args:
        learning_rate: η, > 0.
        power: Exponent, >= 0.
        rows: Rows of an epoch.
    """

    def __init__(self, learning_rate: float, *, power: float, rows: int) -> None:
        super().__init__()
        self.learning_rate = learning_rate
        self.power = power
        self.rows = rows

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Set the next epoch's rate."""
        seen = 1 + (epoch + 1) * self.rows
        self.model.optimizer.learning_rate = self.learning_rate / seen**self.power


@final
class Adaptive(keras.callbacks.Callback):
    """Divide the rate by 5 where `StopWhenFlat` would stop; stop below 1e-6.

    Args:
        monitor: ``"loss"`` or ``"val_loss"``.
        tol: A lower loss counts from this difference on, >= 0.
        patience: Epochs without one after which the rate falls, >= 1.
    """

    def __init__(self, monitor: str, *, tol: float, patience: int) -> None:
        super().__init__()
        self.monitor = monitor
        self.tol = tol
        self.patience = patience
        self._best = np.inf
        self._waited = 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Compare this epoch with the best one so far."""
        loss = (logs or {})[self.monitor]
        self._waited = 0 if loss <= self._best - self.tol else self._waited + 1
        self._best = min(self._best, loss)
        if self._waited < self.patience:
            return
        rate = float(self.model.optimizer.learning_rate)
        if rate <= 1e-6:
            self.model.stop_training = True
        else:
            self.model.optimizer.learning_rate = rate / 5
            self._waited = 0


@final
class StartFrom(keras.callbacks.Callback):
    """Start from these weights instead of new ones.

    Args:
        weights: As ``model.get_weights()`` gave them.
    """

    def __init__(self, weights: Sequence[np.ndarray]) -> None:
        super().__init__()
        self.weights = weights

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Give the model its weights."""
        self.model.set_weights(self.weights)


@final
class Penalty(keras.callbacks.Callback):
    """Add ``l2 · ‖W‖²`` of every dense kernel to the loss.

    Args:
        l2: Factor, >= 0.
    """

    def __init__(self, l2: float) -> None:
        super().__init__()
        self.l2 = l2

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Put the penalty on the kernels."""
        penalize(self.model, self.l2)


def penalize(model: keras.Model, l2: float) -> None:
    """Put a penalty on the kernels of a model that was not trained yet."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            layer.kernel_regularizer = keras.regularizers.L2(l2)
            layer.kernel.regularizer = layer.kernel_regularizer
