"""What a step reports: the metrics' results, or what an own step returns instead."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

Logs = Mapping[str, tf.Tensor]
Shapes = Mapping[str, tf.TensorShape]
Arrays = dict[str, tf.TensorArray]

_NUMBERS = ""  # no log has this name


def metric_logs(model: keras.Model) -> Logs:
    """Return the results of all metrics so far, as float32 tensors."""
    found = model.get_metrics_result()
    return {name: tf.cast(value, tf.float32) for name, value in found.items()}


def own_logs(model: keras.Model, step: Callable[[Any], Any], structure: Any) -> Shapes:
    """Return name and shape of what an own step returns, if it is not the metrics.

    `Model.fit` reports the metrics where a step returns all of them, and else what the
    epoch's last step returned.

    Args:
        model: Compiled and built.
        step: Takes one batch.
        structure: Of the batch, of `tf.TensorSpec`.
    """
    names = {"train_step": model.train_step, "test_step": model.test_step}
    if all(_is_keras_own(model, name) for name in names):
        return {}

    def traced(batch: Any) -> Any:
        found = step(batch)
        same = not isinstance(found, dict) or found.keys() == metric_logs(model).keys()
        return {} if same else found

    function = tf.function(traced, autograph=False)
    outputs = function.get_concrete_function(structure).structured_outputs
    return {name: spec.shape for name, spec in outputs.items()}


def zeros(shapes: Shapes) -> Logs:
    """Return logs for a loop to start from."""
    return {name: tf.zeros(shape, tf.float32) for name, shape in shapes.items()}


def picked(found: Any, shapes: Shapes) -> Logs:
    """Return those of the found logs that have a shape."""
    return {name: tf.cast(found[name], tf.float32) for name in shapes}


class EpochLogs:
    """The logs of all epochs; numbers side by side, as arrays make graphs larger.

    Args:
        shapes: Of each epoch's logs, by name.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._names = list(shapes)
        self._numbers = [n for n, shape in shapes.items() if shape.rank == 0]
        self._shapes = {n: s for n, s in shapes.items() if s.rank != 0}
        if self._numbers:
            self._shapes[_NUMBERS] = tf.TensorShape([len(self._numbers)])

    def start(self, epochs: tf.Tensor) -> Arrays:
        """Return arrays for as many epochs."""
        return {
            name: tf.TensorArray(tf.float32, epochs, element_shape=shape)
            for name, shape in self._shapes.items()
        }

    def write(self, arrays: Arrays, epoch: tf.Tensor, logs: Logs) -> Arrays:
        """Return the arrays with an epoch's logs."""
        if self._numbers:
            numbers = tf.stack([logs[name] for name in self._numbers])
            logs = {**logs, _NUMBERS: numbers}
        return {name: array.write(epoch, logs[name]) for name, array in arrays.items()}

    def by_name(self, found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return name → values ``(epochs, …)``, of what the arrays hold."""
        columns = {n: found[_NUMBERS][:, i] for i, n in enumerate(self._numbers)}
        found = {**found, **columns}
        return {name: found[name] for name in self._names}


def _is_keras_own(model: keras.Model, name: str) -> bool:
    return getattr(type(model), name) is getattr(keras.Model, name)
