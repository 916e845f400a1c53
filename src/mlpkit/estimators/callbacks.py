"""scikit-learn's rules of training that are no part of the configuration."""

from typing import final

import keras

_LOWEST_RATE = 1e-6


class _WhenFlat(keras.callbacks.Callback):
    """Act when a loss has not fallen by ``tol`` for ``patience`` epochs."""

    def __init__(self, monitor: str, *, tol: float, patience: int) -> None:
        super().__init__()
        self.monitor = monitor
        self.tol = tol
        self.patience = patience
        self._best = float("inf")
        self._waited = 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Compare this epoch with the best one so far."""
        loss = (logs or {})[self.monitor]
        self._waited = 0 if loss <= self._best - self.tol else self._waited + 1
        self._best = min(self._best, loss)
        if self._waited >= self.patience:
            self._waited = 0
            self.act()

    def act(self) -> None:
        """Do what is to be done."""
        raise NotImplementedError


@final
class StopWhenFlat(_WhenFlat):
    """Stop when a loss has not fallen by ``tol`` for ``patience`` epochs.

    Args:
        monitor: ``"loss"`` or ``"val_loss"``.
        tol: A lower loss counts from this difference on, >= 0.
        patience: Epochs, >= 1.
    """

    def act(self) -> None:
        """Stop."""
        self.model.stop_training = True


@final
class Adaptive(_WhenFlat):
    """Divide the learning rate by 5 where `StopWhenFlat` would stop; stop at 1e-6.

    Args:
        monitor: ``"loss"`` or ``"val_loss"``.
        tol: A lower loss counts from this difference on, >= 0.
        patience: Epochs, >= 1.
    """

    def act(self) -> None:
        """Lower the rate, or stop."""
        rate = float(self.model.optimizer.learning_rate)
        if rate <= _LOWEST_RATE:
            self.model.stop_training = True
        else:
            self.model.optimizer.learning_rate = rate / 5


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
