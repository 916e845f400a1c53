"""Weights of classes → weights of rows."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.errors import DataError, UsageError
from mlpkit.training.labels import class_count


def row_weights(y: Any, weights: Mapping[Any, Any] | str) -> tf.Tensor:
    """Return the weight of each row, ``(rows,)``.

    A class that is not named weighs 1, as in Keras.

    Args:
        y: Class indices ``(rows,)`` or ``(rows, 1)``, or one-hot.
        weights: Class index → weight, or "balanced".

    Raises:
        UsageError: The weights are neither.
        DataError: There is no target, several, or a negative class.
    """
    check_target(y)
    labels = y.numpy()
    if labels.ndim > 1 and labels.shape[-1] > 1:
        labels = labels.argmax(axis=-1)
    if labels.size != len(labels):
        msg = "class_weight needs one class of each row in y, got y of shape"
        raise DataError(f"{msg} {tuple(y.shape)}")
    # fractions are rounded as Keras does it, and `weighted`
    labels = np.round(labels.reshape(len(labels))).astype(int)
    if labels.min() < 0:
        msg = f"class_weight needs class indices >= 0 in y, got {labels.min()}"
        raise DataError(msg)
    counts = np.bincount(labels)
    if isinstance(weights, str) and weights == "balanced":
        table = len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    else:
        table = _table(named_weights(weights), classes=len(counts))
    return tf.constant(table[labels], keras.config.floatx())


def check_target(y: Any) -> None:
    """Raise a `DataError` unless a target is a single array."""
    if y is None or keras.tree.is_nested(y):
        kind = "none" if y is None else f"a {type(y).__name__} of them"
        msg = "class_weight needs one target of class indices, an array, got"
        raise DataError(f"{msg} {kind}")


def named_weights(weights: Any) -> dict[int, float]:
    """Return the weights by class index, whatever type of whole number names them.

    Raises:
        UsageError: It is no mapping of class indices to finite numbers >= 0.
    """
    named: dict[int, float] = {}
    most = float(tf.as_dtype(keras.config.floatx()).max)  # that a row's weight can be
    for key, value in weights.items() if isinstance(weights, Mapping) else ():
        index, weight = _number(key), _number(value)
        if index is None or index < 0 or index % 1:
            break
        if weight is None or not 0 <= weight <= most:
            msg = f"class_weight of {key!r} must be a finite number >= 0, got"
            raise UsageError(f"{msg} {value!r}")
        named[int(index)] = weight
    else:
        if isinstance(weights, Mapping):
            return named
    msg = "class_weight must be 'balanced' or a mapping of class indices, got"
    raise UsageError(f"{msg} {weights!r}")


def check_classes(model: keras.Model, weights: Any) -> None:
    """Raise a `UsageError` where a class is named that the model's output lacks.

    Args:
        model: Built, as far as it can be.
        weights: Class index → weight, or what else `fit` takes.
    """
    classes = class_count(model)
    if classes is None or not isinstance(weights, Mapping):
        return
    ignored = {getattr(k, "ignore_class", None) for k in keras.tree.flatten(model.loss)}
    highest = max(named_weights(weights).keys() - ignored, default=0)
    if highest >= classes:
        msg = f"class_weight: the model has no class {highest}; its classes: 0 to"
        raise UsageError(f"{msg} {classes - 1}")


def weighted(batches: tf.data.Dataset, weights: Mapping[int, float]) -> tf.data.Dataset:
    """Return batches of ``(x, y)`` with weights of rows.

    Keras' own map fails at a class above the highest that is named; here it weighs 1,
    as in arrays and in a PyDataset.

    Args:
        batches: Of one target each, of a known rank.
        weights: Class index → weight, as `named_weights` returns them.
    """
    table = tf.constant(_table(weights), keras.config.floatx())
    last = len(table) - 1

    def with_weights(x: Any, y: tf.Tensor) -> tuple[Any, tf.Tensor, tf.Tensor]:
        labels = _labels(y)
        named = tf.gather(table, tf.clip_by_value(labels, 0, last))
        return x, y, tf.where((labels >= 0) & (labels <= last), named, 1.0)

    return batches.map(with_weights).prefetch(tf.data.AUTOTUNE)


def _labels(y: tf.Tensor) -> tf.Tensor:
    """Class of each row, of indices or one-hot."""
    if y.dtype == tf.bool:
        y = tf.cast(y, tf.int32)  # TensorFlow does not round them
    if y.shape.rank == 1:
        return tf.cast(tf.round(y), tf.int64)
    return tf.cond(
        tf.shape(y)[-1] > 1,
        lambda: tf.argmax(y, axis=-1),
        lambda: tf.cast(tf.round(y[..., 0]), tf.int64),
    )


def _number(value: Any) -> float | None:
    """A single real number as Python's own, or None."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        return None
    real = array.ndim == 0 and array.dtype.kind in "iufb"
    return float(array) if real and np.isfinite(array) else None


def _table(weights: Mapping[int, float], classes: int | None = None) -> np.ndarray:
    """Weight of each class that can be there, by its index."""
    table = np.ones(classes or max(weights, default=0) + 1)
    for index, weight in weights.items():
        if index < len(table):
            table[index] = weight
    return table
