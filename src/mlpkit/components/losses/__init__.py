"""Losses, and the table of their names.

All take outputs of one network or of m side by side: see `RowLoss`.
"""

import keras

from mlpkit.components.losses.binary_crossentropy import BinaryCrossentropy
from mlpkit.components.losses.mean_squared_error import MeanSquaredError
from mlpkit.components.losses.perceptron_criterion import PerceptronCriterion
from mlpkit.components.losses.pinball_loss import PinballLoss
from mlpkit.components.losses.sparse_categorical_crossentropy import (
    SparseCategoricalCrossentropy,
)

__all__ = [
    "LOSSES",
    "BinaryCrossentropy",
    "MeanSquaredError",
    "PerceptronCriterion",
    "PinballLoss",
    "SparseCategoricalCrossentropy",
]

LOSSES: dict[str, type[keras.losses.Loss]] = {
    "binary_crossentropy": BinaryCrossentropy,
    "mean_squared_error": MeanSquaredError,
    "perceptron_criterion": PerceptronCriterion,
    "pinball_loss": PinballLoss,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
}
