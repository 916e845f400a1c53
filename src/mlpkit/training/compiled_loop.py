"""Training by the compiled loop, from its plan to the history."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.errors import MlpkitError
from mlpkit.training.checkpoint import likely_steps
from mlpkit.training.course import Course
from mlpkit.training.engine import (
    Lease,
    Plan,
    block_steps,
    has_gpu,
    loop_for,
    warn_of_other_digits,
)
from mlpkit.training.epochs import Training
from mlpkit.training.resume import Resume
from mlpkit.training.source import Source

_MANY_STEPS = 2**62  # of a stream whose rows nobody has counted


class CannotCompile(Exception):  # noqa: N818 - no error: Keras' loop takes over
    """Why a model's training cannot be one graph."""


def run_compiled_loop(
    model: keras.Model,
    source: Source,
    course: Course,
    callbacks: list[keras.callbacks.Callback],
    jit_compile: Any,
) -> keras.callbacks.History:
    """Train a model in compiled calls.

    Args:
        model: Compiled and built.
        source: Of the rows.
        course: Epochs, validation, patience.
        callbacks: Keras callbacks.
        jit_compile: True, False or "auto".

    Raises:
        CannotCompile: The model's step cannot be traced; nothing has been trained.
    """
    if model.run_eagerly:
        msg = "it is compiled with run_eagerly=True"
        raise CannotCompile(msg)
    steps = _likely_steps(source, course)
    block = block_steps(
        model,
        steps=steps,
        batch_size=source.batch_size,
        batch_bytes=source.row_bytes * source.batch_size,
        jit_compile=jit_compile,
    )
    lease = _lease(model, source, course, block, steps)
    tested = course.validation.tensors if course.validation else ()
    if block:
        with lease.loop.lock:
            works = lease.works(source.first_row(), tested)
        if not works:
            lease = _lease(model, source, course, 0, steps)
    if lease.loop.plan.deterministic and not lease.executor.deterministic:
        warn_of_other_digits()
    return _train(lease, source, course, callbacks)


def _likely_steps(source: Source, course: Course) -> int:
    begun = course.checkpoint and likely_steps(course.checkpoint)
    if not source.counted:
        return begun or _MANY_STEPS
    return begun or round(course.likely_epochs * source.steps_per_epoch)


def _lease(
    model: keras.Model, source: Source, course: Course, block: int, steps: int
) -> Lease:
    plan = Plan(
        source.batch_size,
        block,
        course.validation_batch_size,
        course.monitor,
        tuple(course.schedules),
        source.members,
        course.weight_averaging,
        course.deterministic and has_gpu(),
    )
    tested = course.validation and course.validation.structure
    if tested and source.members is not None:
        tested = keras.tree.map_structure(_members_first, tested)
    try:
        loop = loop_for(model, source.structure, tested, plan)
        return Lease(loop, model, steps=steps)
    except MlpkitError:
        raise
    except Exception as error:  # a stranger's code may fail in a graph in any way
        reason = str(error).strip().partition("\n")[0]
        raise CannotCompile(f"{type(error).__name__}: {reason}") from error


def _train(
    lease: Lease,
    source: Source,
    course: Course,
    callbacks: list[keras.callbacks.Callback],
) -> keras.callbacks.History:
    model = lease.model
    listed = keras.callbacks.CallbackList(
        list(callbacks),
        add_history=True,
        model=model,
        epochs=course.epochs,
        steps=source.steps_per_epoch,
        verbose=0,
    )
    history = model.history
    model.stop_training = False
    training = Training(lease, source, course, listed)
    resume = Resume(course, lease, training, listed.callbacks, source)
    history.interrupted = False
    with lease.loop.lock:
        listed.on_train_begin()
        if lease.loop.averaged is not None:
            lease.loop.averaged.start()
        resume.load()
        try:
            for _ in training.run():
                resume.save_if_due()
            resume.save()
        except KeyboardInterrupt:
            history.interrupted = True
        finally:
            _take_the_best(training, course)
    listed.on_train_end({n: v[-1] for n, v in history.history.items()})
    _report(history, training, course)
    return history


def _take_the_best(training: Training, course: Course) -> None:
    model = training.model
    model.optimizer.finalize_variable_values(model.trainable_weights)
    found = np.min(training.calls.best_epoch) >= course.initial_epoch
    if course.monitor is not None and course.restore_best_weights and found:
        training.calls.lease.take_the_best()
    else:
        training.check_weights()
        if training.divergence is None:
            training.calls.lease.take_the_average()


def _report(history: Any, training: Training, course: Course) -> None:
    best = np.asarray(training.calls.best_epoch)
    found = course.monitor is not None and best.min() >= course.initial_epoch
    history.best_epoch = best.tolist() if found else None
    history.divergence = training.divergence
    history.engine = "xla" if training.calls.lease.loop.plan.block_steps else "graph"


def _members_first(rows: tf.TensorSpec) -> tf.TensorSpec:
    """Spec of ``(rows, members, …)`` → that of a batch ``(members, rows, …)``."""
    return tf.TensorSpec([rows.shape[1], None, *rows.shape[2:]], rows.dtype)
