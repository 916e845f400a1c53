"""Weights of classes → weights of rows."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.errors import DataError, UsageError


def row_weights(y: Any, weights: Mapping[int, float] | str) -> tf.Tensor:
    """Return the weight of each row, ``(rows,)``.

    A class that is not named weighs 1, as in Keras.

    Args:
        y: Class indices ``(rows,)`` or ``(rows, 1)``, or one-hot.
        weights: Class index → weight, or "balanced".

    Raises:
        UsageError: The weights are neither.
        DataError: There is no target, several, or a negative class.
    """
    if not tf.is_tensor(y):
        msg = "class_weight needs one target of class indices, got several or none"
        raise DataError(msg)
    labels = y.numpy()
    if labels.ndim > 1 and labels.shape[-1] > 1:
        labels = labels.argmax(axis=-1)
    labels = labels.reshape(len(labels)).astype(int)
    if labels.min() < 0:
        msg = f"class_weight needs class indices >= 0 in y, got {labels.min()}"
        raise DataError(msg)
    counts = np.bincount(labels)
    if weights == "balanced":
        table = len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
        return tf.constant(table[labels], keras.config.floatx())
    table = _table(named_weights(weights), classes=len(counts))
    return tf.constant(table[labels], keras.config.floatx())


def named_weights(weights: Any) -> Mapping[int, float]:
    """Return the weights if they are a mapping of class indices.

    Raises:
        UsageError: They are not.
    """
    if isinstance(weights, Mapping) and all(
        isinstance(k, int | np.integer) and k >= 0 for k in weights
    ):
        return weights
    msg = "class_weight must be 'balanced' or a mapping of class indices, got"
    raise UsageError(f"{msg} {weights!r}")


def weighted(batches: tf.data.Dataset, weights: Mapping[int, float]) -> tf.data.Dataset:
    """Return batches of ``(x, y)`` with weights of rows.

    Keras' own map fails at a class above the highest that is named; here it weighs 1,
    as in arrays and in a PyDataset.

    Args:
        batches: Of one target each.
        weights: Class index → weight.
    """
    table = tf.constant(_table(weights), keras.config.floatx())
    last = len(table) - 1

    def with_weights(x: Any, y: tf.Tensor) -> tuple[Any, tf.Tensor, tf.Tensor]:
        labels = y
        if y.shape.rank > 1:
            labels = tf.cond(
                tf.shape(y)[-1] > 1,
                lambda: tf.cast(tf.argmax(y, axis=-1), y.dtype),
                lambda: y[..., 0],
            )
        labels = tf.cast(tf.round(labels), tf.int32)
        named = tf.gather(table, tf.clip_by_value(labels, 0, last))
        return x, y, tf.where((labels >= 0) & (labels <= last), named, 1.0)

    return batches.map(with_weights).prefetch(tf.data.AUTOTUNE)


def _table(weights: Mapping[int, float], classes: int = 1) -> np.ndarray:
    """Weight of each class, by its index."""
    table = np.ones(max([classes, *(k + 1 for k in weights)]))
    table[list(weights)] = list(weights.values())
    return table
