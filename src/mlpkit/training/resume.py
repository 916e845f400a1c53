"""A training that was killed goes on as if it had not been."""

import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.errors import UsageError
from mlpkit.training.callbacks import Progress
from mlpkit.training.checkpoint import (
    callback_states,
    changed,
    load_checkpoint,
    restore_callbacks,
    save_checkpoint,
)
from mlpkit.training.course import Course
from mlpkit.training.engine import (
    Lease,
    agree,
    is_chief,
    is_multi_worker,
    of_the_chief,
)
from mlpkit.training.epochs import Training
from mlpkit.training.identity import training_identity
from mlpkit.training.source import Source


class Resume:
    """Writes a training's state from time to time, and goes on from what it finds.

    The state is all that the next step depends on: weights, optimizer (and with it the
    place in the schedule), random generators, the best weights, what callbacks have
    counted, the history. The order of the rows comes from ``(seed, epoch)``.

    Args:
        course: With the file, or without: then nothing is written.
        lease: The loop that trains.
        training: Its epochs.
        callbacks: Keras callbacks, the history among them.
        source: Of the rows.
    """

    def __init__(
        self,
        course: Course,
        lease: Lease,
        training: Training,
        callbacks: list[Any],
        source: Source,
    ) -> None:
        self._path = course.checkpoint
        self._epochs = course.epochs
        self._pause = course.checkpoint_seconds
        self._lease = lease
        self._loop = lease.loop
        self._training = training
        # how it is shown is no state: another call, or worker, may show it otherwise
        self._callbacks = [c for c in callbacks if not isinstance(c, Progress)]
        self._written = time.monotonic()
        self._strategy = self._loop.model.distribute_strategy
        self._identity = ""
        if self._path is not None or is_multi_worker(self._strategy):
            block = self._loop.plan.block_steps
            self._identity = training_identity(
                training.model,
                course,
                source,
                block_steps=block,
                executor=lease.executor,
            )

    def load(self) -> None:
        """Put everything where the file left it, if there is one.

        Raises:
            UsageError: The file is of another training, or of a longer one.
            WorkerError: Other workers found another one.
        """
        self._load()
        start = f"{self._identity} {self._training.epoch} to {self._epochs}"
        agree(self._strategy, start, "rows, model, settings and checkpoint file")

    def _load(self) -> None:
        if self._path is None:
            return
        self._at_start = callback_states(self._callbacks)
        state = load_checkpoint(self._path, self._identity)
        if state is None:
            return
        if state["epoch"] > self._epochs:
            msg = f"{self._path}: epochs must be at least those that the checkpoint has"
            raise UsageError(f"{msg} behind it, {state['epoch']}, got {self._epochs}")
        training, loop = self._training, self._loop
        pairs = zip(self._lease.variables, state["variables"], strict=True)
        for variable, value in pairs:
            variable.assign(value)
        for kept, value in zip(loop.best.values, state["best_weights"], strict=True):
            kept.assign(value)
        for kept, value in zip(loop.averages, state["averages"], strict=True):
            kept.assign(value)
        training.epoch = state["epoch"]
        training.calls.best = state["best"]
        training.calls.best_epoch = state["best_epoch"]
        training.model.stop_training = state["stop_training"]
        restore_callbacks(self._callbacks, state["callbacks"])

    def save_if_due(self) -> None:
        """Write the state if that was long enough ago."""
        if self._path is None:
            return
        waited = time.monotonic() - self._written
        if of_the_chief(self._strategy, waited) >= self._pause:
            self.save()

    def save(self) -> None:
        """Write the state.

        Raises:
            OutputError: The file cannot be written.
        """
        training, loop = self._training, self._loop
        if self._path is None or training.divergence is not None:
            return  # what follows the last state before would diverge again
        state = {
            "identity": self._identity,
            "epoch": training.epoch,
            "likely_steps": self._lease.steps,
            "best": training.calls.best,
            "best_epoch": training.calls.best_epoch,
            "stop_training": bool(training.model.stop_training),
            "variables": [_array(v) for v in self._lease.variables],
            "best_weights": [_array(v) for v in loop.best.values],
            "averages": [_array(v) for v in loop.averages],
            "callbacks": changed(callback_states(self._callbacks), self._at_start),
        }
        if is_chief(self._strategy):  # all workers read, which they must do together
            save_checkpoint(self._path, state)
        self._written = time.monotonic()


def _array(variable: Any) -> np.ndarray:
    # a variable of several replicas is no array
    return keras.ops.convert_to_numpy(tf.convert_to_tensor(variable))
