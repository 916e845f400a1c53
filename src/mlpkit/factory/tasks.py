"""The lecture's summary table: task → output units, output activation, loss.

| task           | units   | activation | loss                      | prediction      |
|----------------|---------|------------|---------------------------|-----------------|
| regression     | targets | linear     | mean squared error        | the output      |
| binary         | 1       | sigmoid    | binary cross-entropy      | p > 0.5 ⇔ z > 0 |
| binary_softmax | 2       | softmax    | categorical cross-entropy | argmax          |
| multiclass     | classes | softmax    | categorical cross-entropy | argmax          |
| multilabel     | labels  | sigmoid    | binary cross-entropy      | p > 0.5 each    |

A regression may predict quantiles instead: targets x quantiles units, pinball loss.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from keras import ops

from mlpkit.components.losses import (
    BinaryCrossentropy,
    MeanSquaredError,
    PinballLoss,
    SparseCategoricalCrossentropy,
)
from mlpkit.config import TaskName


def _identity(output: Any) -> Any:
    return output


def _both_classes(output: Any) -> Any:
    return ops.concatenate([1 - output, output], axis=-1)


def _largest(output: Any) -> Any:
    return ops.argmax(output, axis=-1)


def _above_half(output: Any) -> Any:
    return output > 0.5


def _second_above_half(output: Any) -> Any:
    return ops.cast(output[:, 0] > 0.5, "int32")


def _by_row(y: np.ndarray) -> np.ndarray:
    return y


def _as_column(y: np.ndarray) -> np.ndarray:
    # Keras squeezes the output to the rank of y, and so would lose its logits, from
    # which cross-entropy is computed stably.
    return y.astype(np.float32)[:, None]


@dataclass(frozen=True)
class Task:
    """One row of the table.

    Attributes:
        name: As in the configuration.
        units: Number of target columns, classes or labels → output units.
        activation: Of the output layer.
        initializer: Of the output layer's kernel.
        loss: Label smoothing → the loss.
        metrics: Makes the metrics shown while training.
        shape_target: Target as encoded by the data room → as the loss takes it.
        scores: Network output → probabilities ``(rows, classes or labels)``, or the
            predicted values of a regression.
        decide: Network output → class index ``(rows,)``, or a yes/no per label.
    """

    name: TaskName
    units: Callable[[int], int]
    activation: str
    initializer: str
    loss: Callable[[float], keras.losses.Loss]
    metrics: Callable[[], list[keras.metrics.Metric]]
    shape_target: Callable[[np.ndarray], np.ndarray]
    scores: Callable[[Any], Any]
    decide: Callable[[Any], Any]

    @property
    def is_regression(self) -> bool:
        """Whether the answer is a number and not a class."""
        return self.activation == "linear"

    def of_quantiles(self, quantiles: Sequence[float]) -> "Task":
        """Return the task of predicting these quantiles instead of the mean."""
        return replace(
            self,
            units=lambda targets: targets * len(quantiles),
            loss=lambda _: PinballLoss(quantiles),
            metrics=list,
        )


def _categorical(name: TaskName, units: Callable[[int], int]) -> Task:
    return Task(
        name=name,
        units=units,
        activation="softmax",
        initializer="glorot_uniform",
        loss=lambda s: SparseCategoricalCrossentropy(label_smoothing=s),
        metrics=lambda: [keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        shape_target=_by_row,
        scores=_identity,
        decide=_largest,
    )


TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task(
            name="regression",
            units=lambda targets: targets,
            activation="linear",
            initializer="glorot_uniform",
            loss=lambda _: MeanSquaredError(),
            metrics=lambda: [keras.metrics.RootMeanSquaredError(name="rmse")],
            shape_target=_by_row,
            scores=_identity,
            decide=_identity,
        ),
        Task(
            name="binary",
            units=lambda _: 1,
            activation="sigmoid",
            initializer="glorot_uniform",
            loss=lambda s: BinaryCrossentropy(label_smoothing=s),
            metrics=lambda: [keras.metrics.BinaryAccuracy(name="accuracy")],
            shape_target=_as_column,
            scores=_both_classes,
            decide=_second_above_half,
        ),
        _categorical("binary_softmax", lambda _: 2),
        _categorical("multiclass", lambda classes: classes),
        Task(
            name="multilabel",
            units=lambda labels: labels,
            activation="sigmoid",
            initializer="glorot_uniform",
            loss=lambda s: BinaryCrossentropy(label_smoothing=s),
            metrics=lambda: [keras.metrics.BinaryAccuracy(name="accuracy")],
            shape_target=_by_row,
            scores=_identity,
            decide=_above_half,
        ),
    )
}
