"""`fit`: the one function through which every network is trained."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.errors import DataError, UsageError
from mlpkit.training.callbacks import BestWeights

_EVALUATION_ROWS = 4096


def batch_size_for(rows: int) -> int:
    """Return the batch size for a number of rows.

    References: pytabkit's "auto" rule for RealMLP, one step lower below 512 rows.

    >>> [batch_size_for(n) for n in (200, 1_000, 5_000, 20_000, 90_000, 10**6)]
    [32, 64, 128, 256, 512, 1024]
    """
    limits = ((512, 32), (1024, 64), (8192, 128), (30_000, 256), (100_000, 512))
    return next((size for limit, size in limits if rows <= limit), 1024)


def fit(  # noqa: PLR0913 - the arguments of Model.fit
    model: keras.Model,
    x: Any,
    y: Any,
    *,
    batch_size: int | None = None,
    epochs: int = 1,
    validation_data: tuple[Any, ...] | None = None,
    sample_weight: Any = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    initial_epoch: int = 0,
    patience: int | None = None,
    seed: int = 1,
) -> keras.callbacks.History:
    """Train a compiled Keras model; arguments and result as ``Model.fit``.

    The rows' order comes from ``(seed, epoch)`` alone, so that one seed gives the same
    weights again. With validation data the weights of the best epoch are restored,
    and so they are after Ctrl-C, which ends the training and keeps what was learned.

    Args:
        model: Compiled.
        x: Features, ``(rows, …)``, or a dict or tuple of such arrays.
        y: Targets, likewise.
        batch_size: Rows per step; by the number of rows if left.
        epochs: Passes over the rows, >= 1.
        validation_data: ``(x, y)`` or ``(x, y, sample_weight)``.
        sample_weight: Weight of each row, ``(rows,)``, >= 0.
        callbacks: Keras callbacks.
        initial_epoch: Epoch to start from.
        patience: Stop after so many epochs without a lower validation loss.
        seed: Of the rows' order.

    Raises:
        UsageError: The model is not compiled, or an argument is out of range.
        DataError: Inputs of different lengths, empty, or not finite.

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = np.ones((8, 1), "float32")
    >>> len(fit(model, x, 2 * x, epochs=3).history["loss"])
    3
    """
    if epochs < 1:
        msg = f"fit: epochs must be >= 1, got {epochs}"
        raise UsageError(msg)
    x, y = (_arrays(values) for values in (x, y))
    if validation_data is not None and (
        not isinstance(validation_data, tuple | list) or len(validation_data) < 2
    ):
        msg = "fit: validation_data must be (x, y) or (x, y, sample_weight), got"
        raise UsageError(f"{msg} {type(validation_data).__name__}")
    rows = check_rows(model, x, y, sample_weight)
    size = min(batch_size or batch_size_for(rows), rows)
    arrays = (x, y) if sample_weight is None else (x, y, sample_weight)
    replicas = model.distribute_strategy.num_replicas_in_sync
    if size % replicas:
        msg = f"batch_size must be a multiple of the {replicas} replicas, got {size}"
        raise UsageError(msg)
    # a last batch that does not divide would weigh its rows wrongly over the replicas
    whole_batches = replicas > 1
    steps = rows // size if whole_batches else math.ceil(rows / size)
    best = BestWeights(patience) if validation_data is not None else None
    watching = [*callbacks, *([best] if best else [])]
    try:
        model.fit(
            ordered_batches(
                arrays, size, seed, first=initial_epoch, drop_remainder=whole_batches
            ),
            epochs=epochs,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps,
            validation_data=_evaluation_batches(validation_data, replicas),
            callbacks=watching,
            shuffle=False,
            verbose=0,
        )
    except KeyboardInterrupt:
        model.history.interrupted = True
    finally:
        if best:
            best.restore()
    return model.history


def ordered_batches(
    arrays: tuple[Any, ...],
    batch_size: int,
    seed: int,
    *,
    first: int = 0,
    drop_remainder: bool = False,
) -> tf.data.Dataset:
    """Return batches of epoch ``first``, ``first + 1``, … without end.

    Each epoch is a permutation drawn from ``(seed, epoch)``: Keras itself repeats one
    permutation for ever where a global seed is set.
    """
    tensors = keras.tree.map_structure(tf.convert_to_tensor, arrays)
    rows = len(keras.tree.flatten(arrays)[0])

    def epoch_batches(epoch: tf.Tensor) -> tf.data.Dataset:
        key = tf.stack([tf.constant(seed, tf.int64), epoch])
        order = tf.random.experimental.stateless_shuffle(tf.range(rows), seed=key)
        return tf.data.Dataset.from_tensor_slices(order).batch(
            batch_size, drop_remainder=drop_remainder
        )

    def gather(index: tf.Tensor) -> Any:
        return keras.tree.map_structure(lambda t: tf.gather(t, index), tensors)

    epochs = tf.data.Dataset.counter(first)
    return epochs.flat_map(epoch_batches).map(gather).prefetch(tf.data.AUTOTUNE)


def _evaluation_batches(
    data: tuple[Any, ...] | None, replicas: int
) -> tf.data.Dataset | None:
    if data is None:
        return None
    size = _EVALUATION_ROWS * replicas
    return tf.data.Dataset.from_tensor_slices(data).batch(size).cache()


def _arrays(values: Any) -> Any:
    """Lists of numbers as arrays; dicts and tuples of arrays stay what they are."""
    return np.asarray(values) if isinstance(values, list) else values


def check_rows(model: keras.Model, x: Any, y: Any, sample_weight: Any) -> int:
    """Return the number of rows, or raise what is wrong with model or rows."""
    if not model.compiled:
        msg = "the model must be compiled; call model.compile(optimizer, loss)"
        raise UsageError(msg)
    named = [
        (name, np.asarray(array))
        for name, value in (("x", x), ("y", y), ("sample_weight", sample_weight))
        for array in keras.tree.flatten(value)
        if array is not None
    ]
    lengths = {len(array) for _, array in named}
    if len(lengths) > 1:
        msg = "x, y and sample_weight must have equally many rows, got"
        raise DataError(f"{msg} {sorted(lengths)}")
    if lengths == {0}:
        msg = "there must be rows to train on, got none"
        raise DataError(msg)
    _check_against_model(model, x, y)
    for name, array in named:
        if array.dtype.kind in "OUS" and name == "y":
            msg = "y must be numbers (class indices for classes), got texts or objects"
            raise DataError(msg)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            row = int(np.argwhere(~np.isfinite(array))[0][0])
            msg = f"{name} must be finite, got a NaN or infinity in row {row}"
            raise DataError(msg)
    return lengths.pop()


def _check_against_model(model: keras.Model, x: Any, y: Any) -> None:
    """Compare features and class indices with a model of one input and output."""
    shape: Any = getattr(x, "shape", None)
    wanted: Any = getattr(model, "input_shape", None) if model.built else None
    flat = shape is not None and isinstance(wanted, tuple) and len(wanted) == 2
    if flat and (len(shape) != 2 or wanted[1] not in {None, shape[1]}):
        msg = f"x must have shape (rows, {wanted[1]}), the model's input, got"
        raise DataError(f"{msg} {tuple(shape)}")
    if isinstance(model.loss, keras.losses.SparseCategoricalCrossentropy):
        classes, labels = model.output_shape[-1], np.asarray(y)
        fits = labels.dtype.kind in "iub" or np.array_equal(labels, np.round(labels))
        if labels.ndim > 1 and labels.shape[-1] > 1:
            msg = "y must be class indices (rows,), not one-hot, got shape"
            raise DataError(f"{msg} {labels.shape}")
        if len(labels) and not (fits and 0 <= labels.min() <= labels.max() < classes):
            msg = f"y must be class indices in [0, {classes - 1}], got values from"
            raise DataError(f"{msg} {labels.min()} to {labels.max()}")
