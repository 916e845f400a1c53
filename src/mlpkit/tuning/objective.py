"""What a search makes lowest or highest."""

from collections.abc import Iterable, Sequence
from typing import Any

import keras_tuner
from keras_tuner.engine import metrics_tracking

from mlpkit.errors import UsageError, suggest

_LOWER = ("log_loss", "mae", "rmse")
_HIGHER = ("accuracy", "auc", "macro_f1", "micro_f1", "r2")
_KNOWN = {**dict.fromkeys(_LOWER, "min"), **dict.fromkeys(_HIGHER, "max")}


def objective_of(given: Any) -> Any:
    """Return KerasTuner's objective of a name, ``(name, direction)``, or several.

    Raises:
        UsageError: No direction is given and the name does not tell it.

    >>> objective_of("val_accuracy").direction
    'max'
    """
    if given is None or isinstance(given, keras_tuner.Objective):
        return given
    if isinstance(given, list):
        return [objective_of(one) for one in given]
    name, direction = (given, None) if isinstance(given, str) else given
    direction = direction or _direction(name)
    if direction is None:
        msg = f"objective: whether a lower or a higher '{name}' is better must be given"
        near = suggest(name.removeprefix("val_"), ["loss", *_KNOWN])
        near = near if near.startswith("; did") else ""
        raise UsageError(f"{msg}: direction = 'min' or 'max'{near}")
    return keras_tuner.Objective(name, direction)


def _direction(name: str) -> str | None:
    plain = name.removeprefix("val_")
    if plain.endswith("loss"):
        return "min"
    return _KNOWN.get(plain) or metrics_tracking.infer_metric_direction(name)


def parts_of(objective: Any) -> Sequence[Any]:
    """Return the single objectives of one, or of several."""
    return getattr(objective, "objectives", [objective])


def names_of(objective: Any) -> list[str]:
    """Return the name of an objective, or of each of several."""
    return [part.name for part in parts_of(objective)]


def check_logged(wanted: Iterable[str], known: Iterable[str]) -> None:
    """Check that the objectives are among the metrics.

    Raises:
        UsageError: One is not.
    """
    known = list(known)
    for name in wanted:
        if name not in known:
            msg = f"objective must be a metric of the training, got '{name}'"
            raise UsageError(msg + suggest(name, known))
