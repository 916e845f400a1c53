"""The eye on a trial while it trains."""

from collections.abc import Callable
from typing import Any

import keras

Tell = Callable[[int, dict[str, float]], bool]


class Watch(keras.callbacks.Callback):
    """Tell each epoch's values; end the training where a rule or the clock says so.

    After a training went on from a checkpoint, the epochs before it are told first.

    Args:
        tell: Takes an epoch and its values; True ends the training.
        left: Seconds that are left.
        until: Epochs after which the training ends.
    """

    def __init__(
        self,
        *,
        tell: Tell | None = None,
        left: Callable[[], float] | None = None,
        until: int | None = None,
    ) -> None:
        super().__init__()
        self.reason = ""
        self._tell = tell
        self._left = left
        self._until = until
        self._told: set[int] = set()  # no plain value: a checkpoint does not keep it

    def again(self) -> "Watch":
        """Return a new one, for the same training from its start."""
        return Watch(tell=self._tell, left=self._left, until=self._until)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Tell, and look at the clock."""
        if self._tell is not None and self._lags(epoch, logs or {}):
            self._end("it was behind the others")
        elif self._left is not None and self._left() <= 0:
            self._end("its time was over")
        elif self._until is not None and epoch + 1 >= self._until:
            self._end("")

    def _lags(self, epoch: int, logs: dict[str, Any]) -> bool:
        past = self.model.history
        for number, known in enumerate(past.epoch):
            if known not in self._told and known < epoch:
                values = {k: v[number] for k, v in past.history.items()}
                self._send(known, values)
        return self._send(epoch, logs)

    def _send(self, epoch: int, logs: dict[str, Any]) -> bool:
        self._told.add(epoch)
        values = {k: float(v) for k, v in logs.items() if getattr(v, "ndim", 0) == 0}
        return self._tell is not None and self._tell(epoch, values)

    def _end(self, reason: str) -> None:
        self.reason = reason
        self.model.stop_training = True
