"""scikit-learn's ``alpha``: an L2 penalty on the kernels."""

from collections.abc import Mapping
from typing import Any

import keras

from mlpkit.runs import Prepared
from mlpkit.runs.network import batch_size_of


def penalty_of(params: Mapping[str, Any], prepared: Prepared) -> float:
    """Return the factor of ``‖W‖²`` that ``alpha`` stands for.

    scikit-learn adds α/2 · ‖W‖² / batch to the mean loss, which for squared errors has
    a factor 1/2 that Keras' has not.
    """
    size = batch_size_of(len(prepared.split.train), prepared.config.training)
    halved = 1.0 if prepared.target.task == "regression" else 0.5
    return halved * (params["alpha"] or 0.0) / size


def penalize(model: keras.Model, l2: float) -> None:
    """Add ``l2 · ‖W‖²`` of each dense kernel to the loss of an untrained model."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            layer.kernel_regularizer = keras.regularizers.L2(l2)
            layer.kernel.regularizer = layer.kernel_regularizer
