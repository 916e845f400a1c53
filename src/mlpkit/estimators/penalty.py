"""scikit-learn's ``alpha``: an L2 penalty on the weights."""

from collections.abc import Mapping
from typing import Any

import keras

from mlpkit.runs import Prepared
from mlpkit.runs.network import batch_size_of

_FREE = ("bias", "beta", "phase")


def penalty_of(params: Mapping[str, Any], prepared: Prepared) -> float:
    """Return the factor of ``‖W‖²`` that ``alpha`` stands for.

    scikit-learn adds α/2 · ‖W‖² / batch to the mean loss, which for squared errors has
    a factor 1/2 that Keras' has not.
    """
    size = batch_size_of(len(prepared.split.train), prepared.config.training)
    halved = 1.0 if prepared.target.task == "regression" else 0.5
    return halved * (params["alpha"] or 0.0) / size


def penalize(model: keras.Model, l2: float) -> None:
    """Add ``l2 · ‖W‖²`` to the loss of an untrained model.

    Of everything but biases: a scale before or behind a kernel that is free to grow
    would undo what the penalty makes small.
    """
    for variable in model.trainable_variables:
        if variable.name not in _FREE:
            variable.regularizer = keras.regularizers.L2(l2)


def is_penalized(model: keras.Model) -> bool:
    """Tell whether `penalize` was called."""
    return any(variable.regularizer is not None for variable in model.weights)
