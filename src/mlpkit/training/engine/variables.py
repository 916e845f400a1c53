"""A model's variables, and copies of them that stay on the device."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf


def variables_of(model: keras.Model) -> list[Any]:
    """Return all that training changes: weights, random states, optimizer, metrics."""
    found = [*model.variables, *model.metrics_variables, *model.optimizer.variables]
    return list({id(v): v for v in found}.values())


class Copies:
    """Values of variables, kept and given back without leaving the device.

    Args:
        variables: Of a model or its optimizer.
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        self._variables = list(variables)
        self.values = [tf.Variable(v, trainable=False) for v in variables]

    def keep(self) -> None:
        """Copy the variables' values."""
        for kept, variable in zip(self.values, self._variables, strict=True):
            kept.assign(tf.convert_to_tensor(variable))

    def restore(self) -> None:
        """Give the variables the kept values."""
        for kept, variable in zip(self.values, self._variables, strict=True):
            variable.assign(tf.convert_to_tensor(kept))
