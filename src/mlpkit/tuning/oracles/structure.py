"""Which hyperparameters change a network's graph, and not only its numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from keras_tuner.engine import hyperparameters


def is_number(hyperparameter: Any) -> bool:
    """Tell whether a hyperparameter is but a number of the graph, as floats are."""
    return isinstance(hyperparameter, hyperparameters.Float)


def structure(space: Sequence[Any], values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values on which the graph depends: trials of equal ones share it.

    >>> import keras_tuner
    >>> space = keras_tuner.HyperParameters()
    >>> _ = space.Int("depth", 1, 3), space.Float("learning_rate", 0.1, 0.2)
    >>> structure(space.space, {"depth": 2, "learning_rate": 0.15})
    (('depth', 2),)
    """
    return tuple(
        dict.fromkeys(
            (hp.name, values[hp.name])
            for hp in space
            if hp.name in values and not is_number(hp)
        )
    )


def structure_first(space: Sequence[Any]) -> list[Any]:
    """Return the hyperparameters, those that are but numbers last."""
    return sorted(space, key=is_number)
