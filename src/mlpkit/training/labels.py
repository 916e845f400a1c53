"""Targets against the losses that take them, before the first step."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.components import losses
from mlpkit.errors import DataError

_CLASSES = (
    keras.losses.SparseCategoricalCrossentropy,
    losses.SparseCategoricalCrossentropy,
    "sparse_categorical_crossentropy",
    keras.losses.sparse_categorical_crossentropy,
)
_SHARES = (
    keras.losses.BinaryCrossentropy,
    losses.BinaryCrossentropy,
    "binary_crossentropy",
    keras.losses.binary_crossentropy,
)
_ONE_HOT = (
    keras.losses.CategoricalCrossentropy,
    keras.losses.CategoricalFocalCrossentropy,
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    keras.losses.categorical_crossentropy,
    keras.losses.categorical_focal_crossentropy,
)
# what TensorFlow says on a CPU; under XLA or on a GPU the loss becomes NaN instead
_NO_CLASS = re.compile(r"label value of (-?\d+) which is outside .*? \[0, (\d+)\)")


def check_labels(model: keras.Model, y: Any, name: str) -> None:
    """Compare targets with the losses of a model's outputs.

    Args:
        model: Compiled.
        y: A target, or one per output.
        name: Of the target, in messages.

    Raises:
        DataError: A class index that the output does not have, or a yes/no label that
            is not in [0, 1].
    """
    for place, loss, target, output in _outputs(model, y, name):
        if not isinstance(target, tf.Tensor | np.ndarray):
            continue
        if _is_one_of(loss, _CLASSES):
            _check_indices(np.asarray(target), output, loss, place)
        elif _is_one_of(loss, _SHARES):
            _check_shares(np.asarray(target), place)


def class_count(model: keras.Model) -> int | None:
    """Return how many classes a model tells apart, or None where it does not say."""
    output = getattr(model, "output_shape", None) if model.built else None
    found = keras.tree.flatten(getattr(model, "loss", None))
    if not isinstance(output, tuple) or not output or len(found) != 1:
        return None
    if not isinstance(output[-1], int):
        return None
    if _is_one_of(found[0], _SHARES):
        return max(output[-1], 2)  # one output tells no from yes
    return output[-1] if _is_one_of(found[0], _CLASSES + _ONE_HOT) else None


@contextmanager
def labels_told() -> Iterator[None]:
    """Raise a `DataError` where TensorFlow reports a label that is no class.

    It does so on a CPU without XLA only. That is where later batches are looked at, and
    all labels of a model that does not tell its outputs.
    """
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        found = _NO_CLASS.search(str(error))
        if found is None:
            raise
        label, classes = map(int, found.groups())
        msg = f"the targets must be class indices in [0, {classes - 1}], got {label}"
        raise DataError(f"{msg}; give the network an output per class") from None


def _outputs(
    model: keras.Model, y: Any, name: str
) -> Iterator[tuple[str, Any, Any, Any]]:
    """Name, loss, target and shape of each output."""
    # a subclass, or a model that is not built, does not tell its output
    known = getattr(model, "output", None) if model.built else None
    if isinstance(model.loss, dict) and isinstance(y, dict):
        tensors = known if isinstance(known, dict) else {}
        for key, loss in model.loss.items():
            yield f"{name}[{key!r}]", loss, y.get(key), _shape(tensors.get(key))
    elif isinstance(model.loss, list | tuple) and isinstance(y, list | tuple):
        listed = known if isinstance(known, list | tuple) else [None] * len(y)
        for i, target in enumerate(y[: len(model.loss)]):
            yield f"{name}[{i}]", model.loss[i], target, _shape(listed[i])
    else:
        shape = getattr(model, "output_shape", None) if model.built else None
        yield name, model.loss, y, shape if isinstance(shape, tuple) else None


def _shape(tensor: Any) -> tuple[int | None, ...] | None:
    shape = getattr(tensor, "shape", None)
    return None if shape is None else tuple(shape)


def _is_one_of(loss: Any, kinds: tuple[Any, ...]) -> bool:
    classes = tuple(kind for kind in kinds if isinstance(kind, type))
    return isinstance(loss, classes) or any(loss is k or loss == k for k in kinds)


def _check_shares(labels: np.ndarray, name: str) -> None:
    # yes and no as booleans are in range, and have no minimum in TensorFlow
    if labels.dtype.kind == "b" or not labels.size:
        return
    low, high = labels.min(), labels.max()
    if low < 0 or high > 1:
        msg = f"{name} must be in [0, 1] for a binary cross-entropy, got"
        raise DataError(f"{msg} values from {low} to {high}")


def _check_indices(labels: np.ndarray, output: Any, loss: Any, name: str) -> None:
    classes = output[-1] if isinstance(output, tuple) else None
    axes = len(output) if isinstance(output, tuple) else 2
    ignored = getattr(loss, "ignore_class", None)
    if labels.ndim >= axes and labels.shape[-1] > 1 and classes is not None:
        msg = f"{name} must be class indices (rows,), not one-hot, got shape"
        raise DataError(f"{msg} {labels.shape}")
    if ignored is not None:
        labels = labels[labels != ignored]
    if not labels.size:
        return
    whole = labels.dtype.kind in "iub" or np.array_equal(labels, np.round(labels))
    low, high = labels.min(), labels.max()
    if not (whole and low >= 0 and (classes is None or high < classes)):
        end = "…" if classes is None else classes - 1
        msg = f"{name} must be class indices in [0, {end}], got values from"
        raise DataError(f"{msg} {low} to {high}")
