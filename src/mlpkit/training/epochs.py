"""The course of a training: compiled calls, and Keras' callbacks between them."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from mlpkit.training.callbacks import BATCH_HOOKS, TEST_HOOKS, Progress, listen
from mlpkit.training.calls import Calls
from mlpkit.training.course import Course
from mlpkit.training.engine import Lease, step_table
from mlpkit.training.health import Divergence, find_first, is_finite
from mlpkit.training.source import InMemory, Source, with_last

_FIRST_STEPS = 128  # of a training whose speed is not known yet
_MOST_ORDER_BYTES = 64 * 2**20
_OWN_CALLBACKS = (keras.callbacks.History, Progress)


class Training:
    """Runs a loop over the epochs of a course.

    Args:
        lease: The loop, for the model that is trained.
        source: Of the rows.
        course: Epochs, validation, patience.
        callbacks: Keras' list of them.
    """

    def __init__(
        self,
        lease: Lease,
        source: Source,
        course: Course,
        callbacks: keras.callbacks.CallbackList,
    ) -> None:
        self.model = lease.model
        self.epoch = course.initial_epoch
        self.divergence: Divergence | None = None
        self._loop = lease.loop
        self._source = source
        self._course = course
        self._callbacks = callbacks
        self._foreign = [
            c for c in callbacks.callbacks if type(c) not in _OWN_CALLBACKS
        ]
        self.calls = Calls(lease, course.validation, course.patience)
        self.calls.best_epoch = course.initial_epoch - 1

    @property
    def stopped(self) -> bool:
        """Whether the training has come to its end."""
        patience = self._course.patience
        last = self.epoch - 1
        waited = last - int(np.max(self.calls.best_epoch))
        return (
            self.epoch >= self._course.epochs
            or self.model.stop_training
            or self.divergence is not None
            or (
                patience is not None
                and waited >= patience
                and self._course.compares(last)
            )
        )

    def run(self) -> Iterator[int]:
        """Train; yield the number of epochs done whenever some are."""
        while not self.stopped:
            together = self._epochs_per_call()
            if together > 1 and isinstance(self._source, InMemory):
                self._several(self._source, together)
            else:
                self._one()
            yield self.epoch

    def _epochs_per_call(self) -> int:
        course, source = self._course, self._source
        alone = self._foreign or not isinstance(source, InMemory)
        if alone or (course.validation is not None and course.validation_freq != 1):
            return 1
        fitting = self.calls.fitting(source.steps_per_epoch) or 1
        order_bytes = 4 * source.steps_per_epoch * source.batch_size
        held = max(1, _MOST_ORDER_BYTES // order_bytes)
        return min(fitting, held, course.epochs - self.epoch)

    def _several(self, source: InMemory, count: int) -> None:
        """Epochs that nobody watches, in one call."""
        rows = source.rows.tensors
        orders = np.stack([source.order(self.epoch + i) for i in range(count)])
        table = self._table(count, source.steps_per_epoch)
        whole = (0, source.steps_per_epoch)
        validate = self._course.validates(self.epoch)
        found = self.calls(
            rows, orders, table, whole, epoch=self.epoch, validate=validate
        )
        done = int(found["epochs"])
        if found["bad_step"] >= 0:
            self.calls.lease.undo()
            last = done - 1
            if last:
                before = orders[:last], table[:last]
                self.calls(rows, *before, whole, epoch=self.epoch, validate=validate)
            bad = int(found["bad_step"])
            self._look_into(
                rows, orders[last:done], table[last:done], (0, bad), self.epoch + last
            )
        for i in range(done):
            self._callbacks.on_epoch_begin(self.epoch)
            self._end_epoch({name: v[i] for name, v in found["logs"].items()})

    def _one(self) -> None:
        """One epoch, in as many calls as its length and the callbacks ask for."""
        self._callbacks.on_epoch_begin(self.epoch)
        validates = self._course.validates(self.epoch)
        # in the graph of the last steps, unless somebody is called in between
        apart = validates and listen(self._foreign, TEST_HOOKS)
        logs: dict[str, Any] = {}
        done = 0
        for (rows, order), is_last in with_last(self._source.pieces(self.epoch)):
            steps = -(-len(order) // self._loop.plan.batch_size)
            table = self._table(1, steps)
            for first, end in self._parts(steps):
                self._callbacks.on_train_batch_begin(done + first)
                finished = is_last and end == steps
                found = self.calls(
                    rows,
                    order[None],
                    table,
                    (first, end),
                    epoch=self.epoch,
                    reset=done + first == 0,
                    finish=finished,
                    validate=validates and not apart,
                )
                logs = {name: v[0] for name, v in found["logs"].items()}
                if found["bad_step"] >= 0:
                    self.calls.lease.undo()
                    bad = first, int(found["bad_step"])
                    self._look_into(rows, order[None], table, bad, self.epoch, done)
                shown = {n: v for n, v in logs.items() if not n.startswith("val_")}
                self._callbacks.on_train_batch_end(done + end - 1, _numbers(shown))
                if self.model.stop_training or self.divergence:
                    break
            done += steps
            if self.model.stop_training or self.divergence:
                break
        # as in Keras, an epoch that a callback has stopped is evaluated, too
        if (apart or not finished) and self.divergence is None:
            logs = {**shown, **self._validate(rows, order, table, end)}
        self._end_epoch(logs)

    def _validate(
        self, rows: Any, order: np.ndarray, table: np.ndarray, step: int
    ) -> dict[str, Any]:
        """End an epoch after its steps, if with a validation, as callbacks see it."""
        validation = self._course.validation
        validates = self._course.validates(self.epoch)
        if validation and validates:
            self._callbacks.on_test_begin()
            self._callbacks.on_test_batch_begin(0)
        found = self.calls(
            rows,
            order[None],
            table,
            (step, step),
            epoch=self.epoch,
            reset=False,
            validate=validates,
        )
        logs = {n: v[0] for n, v in found["logs"].items() if n.startswith("val_")}
        if validation and validates:
            shown = {n.removeprefix("val_"): v for n, v in _numbers(logs).items()}
            last = (validation.count - 1) // self._course.validation_batch_size
            self._callbacks.on_test_batch_end(last, shown)
            self._callbacks.on_test_end(shown)
        return logs

    def _table(self, epochs: int, steps: int) -> np.ndarray:
        if not self._loop.numbers.names:
            return np.zeros((epochs, steps, 0))
        return step_table(
            self.model,
            epochs,
            steps,
            self._course.schedules,
            first=self.calls.lease.iterations,
        )

    def _parts(self, steps: int) -> Iterator[tuple[int, int]]:
        """First and last + 1 of the steps of each call."""
        first = 0
        while first < steps:
            end = min(first + self._steps_per_call(), steps)
            yield first, end
            first = end

    def _steps_per_call(self) -> int:
        block = max(1, self._loop.plan.block_steps)
        if listen(self._foreign, BATCH_HOOKS):
            return block
        fitting = self.calls.fitting(1)
        return max(block, _FIRST_STEPS if fitting is None else fitting)

    def _look_into(
        self,
        rows: Any,
        order: np.ndarray,
        table: np.ndarray,
        steps: tuple[int, int],
        epoch: int,
        before: int = 0,
    ) -> None:
        """Go to the step before the bad one, and find what is not finite in it.

        ``before`` is how many steps of the epoch the pieces before this one had.
        """
        first, bad = steps
        if bad > first:
            self.calls(
                rows, order, table, steps, epoch=epoch, reset=False, finish=False
            )
        size = self._loop.plan.batch_size
        index = order[0][bad * size : (bad + 1) * size]
        where = find_first(self.model, self._source.batch_of(rows, index))
        self.divergence = Divergence(epoch, before + bad, where)

    def check_weights(self) -> None:
        """Go back to before the last call if the last step has spoiled the weights.

        No loss came after that step to tell it.
        """
        bad = next((w for w in self.model.weights if not is_finite(w)), None)
        if bad is not None and self.divergence is None:
            self.calls.lease.undo()
            last = max(0, self._source.steps_per_epoch - 1)
            where = f"the weight '{bad.path}', after it"
            self.divergence = Divergence(max(0, self.epoch - 1), last, where)

    def _end_epoch(self, logs: dict[str, Any]) -> None:
        self.epoch += 1
        shown = _numbers(logs)
        if not self._course.validates(self.epoch - 1):
            shown = {k: v for k, v in shown.items() if not k.startswith("val_")}
        self._callbacks.on_epoch_end(self.epoch - 1, shown)


def _numbers(logs: dict[str, Any]) -> dict[str, Any]:
    return {name: float(v) if v.ndim == 0 else v for name, v in logs.items()}
