"""Training by Keras' own loop, for what cannot be compiled as a whole."""

from typing import Any

import keras
import tensorflow as tf

from mlpkit.errors import UsageError
from mlpkit.training.batches import Batches
from mlpkit.training.callbacks import BestWeights, StopAtNaN
from mlpkit.training.class_weights import weighted
from mlpkit.training.course import Course
from mlpkit.training.engine import has_gpu, warn_of_other_digits
from mlpkit.training.source import InMemory


def run_keras_loop(
    model: keras.Model,
    source: InMemory | Batches,
    course: Course,
    callbacks: list[keras.callbacks.Callback],
) -> keras.callbacks.History:
    """Train a model by `Model.fit`, with this package's order of the rows.

    Args:
        model: Compiled.
        source: Of the rows, or batches, which keep their own order.
        course: Epochs, validation, patience.
        callbacks: Keras callbacks.

    Raises:
        UsageError: Something is asked for that only the compiled loop can do.
    """
    unable = {
        "schedules": course.schedules,
        "members": source.members,
        "weight_averaging": course.weight_averaging is not None,
    }
    for name, given in unable.items():
        if given:
            msg = f"{name}: this model is trained by Keras' own loop, which has none"
            raise UsageError(f"{msg}; leave them out")
    if course.checkpoint is not None:
        msg = "checkpoint: this model is trained by Keras' own loop; use the callback"
        raise UsageError(f"{msg} keras.callbacks.BackupAndRestore instead")
    best = None
    if course.monitor is not None:
        best = BestWeights(
            course.monitor.name,
            lower_is_better=course.monitor.lower_is_better,
            patience=course.patience,
        )
    if course.deterministic and has_gpu():
        warn_of_other_digits()
    data = _given(source, course)
    watch = StopAtNaN()
    # Keras makes one only when it has read the first batches
    model.history = keras.callbacks.History()
    try:
        model.fit(
            **data,
            epochs=course.epochs,
            initial_epoch=course.initial_epoch,
            steps_per_epoch=source.steps_per_epoch,
            validation_freq=course.validation_freq,
            callbacks=[*callbacks, watch, *([best] if best else [])],
            verbose=0,
        )
        model.history.interrupted = False
    except KeyboardInterrupt:
        model.history.interrupted = True
        vars(model.history).setdefault("epoch", [])  # before its first call
    finally:
        if best and course.restore_best_weights:
            best.restore()
    model.history.best_epoch = best.best_epoch if best else None
    model.history.divergence = watch.divergence
    model.history.engine = "keras"
    return model.history


def _given(source: InMemory | Batches, course: Course) -> dict[str, Any]:
    """Training and validation data, as arguments of `Model.fit`."""
    rows, tested = course.validation, None
    if rows is not None:
        packed = keras.tree.pack_sequence_as(rows.structure, rows.tensors)
        tested = tf.data.Dataset.from_tensor_slices(packed).batch(source.batch_size)
    if isinstance(source, InMemory):
        data = _batches(source, course)
        return {"x": data, "validation_data": tested, "shuffle": False}
    known = isinstance(source.data, keras.utils.PyDataset) and source.data.num_batches
    x, weights = source.data, source.class_weight
    if weights is not None and isinstance(x, tf.data.Dataset):
        x, weights = weighted(x, weights), None
    return {
        "shuffle": bool(source.shuffle and known),  # Keras warns of what it cannot
        "x": x,
        "class_weight": weights,
        "validation_data": tested if source.tested is None else source.tested,
        "validation_steps": source.validation_steps,
    }


def _batches(source: InMemory, course: Course) -> tf.data.Dataset:
    def order(epoch: tf.Tensor) -> tf.data.Dataset:
        rows = tf.numpy_function(lambda e: source.order(int(e)), [epoch], tf.int32)
        rows = tf.ensure_shape(rows, [None])
        return tf.data.Dataset.from_tensor_slices(rows).batch(source.batch_size)

    epochs = tf.data.Dataset.range(course.initial_epoch, course.epochs)
    return epochs.flat_map(order).map(source.rows.batch).prefetch(tf.data.AUTOTUNE)
