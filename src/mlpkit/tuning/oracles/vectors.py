"""Hyperparameters as points, for models of the score."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from keras_tuner.engine import hyperparameters


def vector(space: Sequence[Any], values: Mapping[str, Any]) -> np.ndarray:
    """Return values as a point in the unit cube.

    A choice without an order has a coordinate per value. What is not active stands in
    the middle, wherever it stood before.

    Args:
        space: Hyperparameters.
        values: The active ones' values.

    Returns:
        float64 ``(coordinates,)``.
    """
    point: list[float] = []
    seen = set()
    for hp in space:
        if isinstance(hp, hyperparameters.Fixed) or hp.name in seen:
            continue
        seen.add(hp.name)
        given = values.get(hp.name)
        if isinstance(hp, hyperparameters.Choice) and not hp.ordered:
            point += [float(given == value) for value in hp.values]
        else:
            point.append(0.5 if given is None else float(hp.value_to_prob(given)))
    return np.array(point)
