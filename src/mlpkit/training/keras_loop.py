"""Training by Keras' own loop, for what cannot be compiled as a whole."""

import keras
import tensorflow as tf

from mlpkit.errors import UsageError
from mlpkit.training.callbacks import BestWeights, StopAtNaN
from mlpkit.training.course import Course
from mlpkit.training.source import InMemory


def run_keras_loop(
    model: keras.Model,
    source: InMemory,
    course: Course,
    callbacks: list[keras.callbacks.Callback],
) -> keras.callbacks.History:
    """Train a model by `Model.fit`, with this package's order of the rows.

    Args:
        model: Compiled.
        source: Of the rows.
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
    validation = course.validation
    tested = None
    if validation is not None:
        data = keras.tree.pack_sequence_as(validation.structure, validation.tensors)
        tested = tf.data.Dataset.from_tensor_slices(data).batch(source.batch_size)
    watch = StopAtNaN()
    try:
        model.fit(
            _batches(source, course),
            epochs=course.epochs,
            initial_epoch=course.initial_epoch,
            steps_per_epoch=source.steps_per_epoch,
            validation_data=tested,
            validation_freq=course.validation_freq,
            callbacks=[*callbacks, watch, *([best] if best else [])],
            shuffle=False,
            verbose=0,
        )
        model.history.interrupted = False
    except KeyboardInterrupt:
        model.history.interrupted = True
    finally:
        if best and course.restore_best_weights:
            best.restore()
    model.history.best_epoch = best.best_epoch if best else None
    model.history.divergence = watch.divergence
    model.history.engine = "keras"
    return model.history


def _batches(source: InMemory, course: Course) -> tf.data.Dataset:
    def order(epoch: tf.Tensor) -> tf.data.Dataset:
        rows = tf.numpy_function(lambda e: source.order(int(e)), [epoch], tf.int32)
        rows = tf.ensure_shape(rows, [None])
        return tf.data.Dataset.from_tensor_slices(rows).batch(source.batch_size)

    epochs = tf.data.Dataset.range(course.initial_epoch, course.epochs)
    return epochs.flat_map(order).map(source.rows.batch).prefetch(tf.data.AUTOTUNE)
