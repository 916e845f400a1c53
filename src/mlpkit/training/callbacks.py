"""Callbacks: keep the best weights, show the progress."""

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from rich import progress as bars
from rich.console import Console

from mlpkit.training.checkpoint import epochs_done
from mlpkit.training.engine import is_chief
from mlpkit.training.health import Divergence
from mlpkit.training.monitor import Monitor

_PLAIN_LINES = 10  # lines of progress where the output is no terminal
BATCH_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
)
TEST_HOOKS = (
    "on_test_begin",
    "on_test_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)


def listen(callbacks: Iterable[keras.callbacks.Callback], hooks: Iterable[str]) -> bool:
    """Tell whether some callback does something when one of the hooks is called."""
    base = keras.callbacks.Callback
    names = list(hooks)
    return any(
        getattr(getattr(callback, hook), "__func__", None) is not getattr(base, hook)
        for callback in callbacks
        for hook in names
    )


class BestWeights(keras.callbacks.Callback):
    """Keep the weights of the best epoch; stop when no better one comes any more.

    The compiled loop does this by itself; this is for Keras' own.

    Args:
        monitor: The logged value that is compared.
        lower_is_better: Its direction.
        patience: Epochs without a better value before stopping; None: never.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        *,
        lower_is_better: bool = True,
        patience: int | None = None,
    ) -> None:
        super().__init__()
        self.monitor = monitor
        self.lower_is_better = lower_is_better
        self.patience = patience
        self.best = float("inf")
        self.best_epoch: int | None = None
        self._weights: list[Any] | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Compare this epoch with the best one so far."""
        validated = any(name.startswith("val_") for name in logs or {})
        if self.monitor.startswith("val_") and not validated:
            return  # an epoch without a validation
        value = Monitor(self.monitor).value(logs or {})
        value = value if self.lower_is_better else -value
        if value <= self.best:  # the last of equally good epochs; False for NaN
            self.best, self.best_epoch = value, epoch
            self._weights = self.model.get_weights()
        waited = epoch - (self.best_epoch if self.best_epoch is not None else -1)
        if self.patience is not None and waited >= self.patience:
            self.model.stop_training = True

    def restore(self) -> None:
        """Give the model its best weights back."""
        if self._weights is not None:
            self.model.set_weights(self._weights)


class StopAtNaN(keras.callbacks.Callback):
    """Stop when the loss is not finite, with the weights from before that epoch.

    The compiled loop does this by itself, to the step; this is for Keras' own.
    """

    divergence: Divergence | None = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Start anew."""
        self.divergence = None
        self._epoch = 0
        self._weights: list[Any] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep the weights."""
        self._epoch = epoch
        self._weights = self.model.get_weights()

    def on_train_batch_end(
        self, batch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Look at the loss."""
        if np.isfinite((logs or {}).get("loss", 0.0)) or self.divergence is not None:
            return
        where = "the loss, or in a row: Keras' own loop does not look at rows"
        self.divergence = Divergence(self._epoch, batch, where)
        self.model.set_weights(self._weights)
        self.model.stop_training = True


class Progress(keras.callbacks.Callback):
    """Show epoch, losses and time left: a bar on a terminal, else about ten lines.

    Args:
        label: What is trained.
        console: Where to; standard output if left.
    """

    @classmethod
    def of(
        cls, verbose: Any, model: keras.Model, checkpoint: Path | None
    ) -> list["Progress"]:
        """Return a bar where one is to be shown: ``verbose`` as of `fit`."""
        shown = sys.stdout.isatty() if verbose == "auto" else bool(verbose)
        if not (shown and is_chief(model.distribute_strategy)):
            return []
        progress = cls("training")
        done = checkpoint and epochs_done(checkpoint)
        if done:
            progress.tell(f"going on from epoch {done}, as {checkpoint} left it")
        return [progress]

    def __init__(self, label: str, console: Console | None = None) -> None:
        super().__init__()
        self.label = label
        self._console = console or Console()
        self._bar: bars.Progress | None = None
        self._started = 0.0
        self._first: int | None = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Open the bar."""
        self.close()  # of the training before
        self._started, self._first = time.monotonic(), None
        if self._console.is_terminal:
            self._bar = bars.Progress(
                bars.TextColumn("{task.description}"),
                bars.BarColumn(bar_width=24),
                bars.TextColumn("{task.completed}/{task.total} {task.fields[figures]}"),
                bars.TimeRemainingColumn(),
                console=self._console,
            )
            self._bar.add_task(self.label, total=self.params["epochs"], figures="")
            self._bar.start()

    def tell(self, text: str) -> None:
        """Say something before the training begins."""
        line = f"{self.label}: {text}"
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Remember the first epoch, which is another one where a training goes on."""
        if self._first is None:
            self._first = epoch

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Show the epoch's figures."""
        means = {k: float(np.mean(v)) for k, v in (logs or {}).items()}  # of members
        figures = "  ".join(f"{k} {v:.4g}" for k, v in means.items())
        epochs = self.params["epochs"]
        if self._bar is not None:
            self._bar.update(
                self._bar.task_ids[0], completed=epoch + 1, figures=figures
            )
        elif (epoch + 1) % max(1, epochs // _PLAIN_LINES) == 0:
            spent = time.monotonic() - self._started
            left = spent / (epoch + 1 - (self._first or 0)) * (epochs - epoch - 1)
            line = f"{self.label}: epoch {epoch + 1}/{epochs}  {figures}"
            line = f"{line}  {left:.0f} s left"
            self._console.print(line, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Close the bar, also after an interruption."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Close the bar."""
        self.close()
