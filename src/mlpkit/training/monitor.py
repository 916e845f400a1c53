"""Which logged value tells the best epoch, and in which direction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from mlpkit.errors import UsageError, suggest

_LOWER = {"min": True, "max": False}


@dataclass(frozen=True)
class Monitor:
    """A logged value.

    Attributes:
        name: As in the logs, e.g. "val_loss".
        lower_is_better: Its direction.
    """

    name: str
    lower_is_better: bool = True

    @classmethod
    def of(cls, model: keras.Model, name: str, mode: str) -> "Monitor":
        """Return the value of that name; its direction is the metric's own for "auto".

        Raises:
            UsageError: Unknown mode, or a metric whose direction is not known.
        """
        if mode in _LOWER:
            return cls(name, _LOWER[mode])
        if mode != "auto":
            msg = f"mode must be 'auto', 'min' or 'max', got {mode!r}"
            raise UsageError(msg)
        plain = name.removeprefix("val_")
        if plain == "loss" or plain.endswith("_loss"):
            return cls(name)
        for metric in _metrics(model):
            direction = getattr(metric, "_direction", None)
            if metric.name == plain and direction is not None:
                return cls(name, direction == "down")
        known = [metric.name for metric in _metrics(model)]
        if plain in known:
            msg = f"monitor: the direction of {name!r} is not known; give mode="
            raise UsageError(f"{msg}'min' or 'max'")
        prefix = name.removesuffix(plain)
        near = suggest(name, {prefix + n for n in ("loss", *known)})
        raise UsageError(
            f"monitor: no metric is called {name!r}{near} (of what else is logged "
            "fit's mode='min' or 'max' tells the direction)"
        )

    def value(self, logs: Mapping[str, Any]) -> Any:
        """Return the value.

        Raises:
            UsageError: It is not logged.
        """
        if self.name not in logs:
            msg = f"monitor must be a logged value, got {self.name!r}"
            raise UsageError(msg + suggest(self.name, logs))
        return logs[self.name]


def _metrics(model: keras.Model) -> list[Any]:
    found: list[Any] = []
    for metric in model.metrics:
        found += getattr(metric, "metrics", None) or [metric]
    return found
