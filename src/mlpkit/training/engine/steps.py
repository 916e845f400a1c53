"""The training steps of one epoch: blocks under XLA, or one plain loop."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from mlpkit.training.engine.logs import Logs, picked
from mlpkit.training.engine.numbers import StepNumbers
from mlpkit.training.engine.replicas import train_step

Tensors = Sequence[tf.Tensor]


class Steps:
    """Runs `Model.train_step` over batches gathered by row number.

    XLA compiles for fixed shapes. It sees blocks of ``block_steps`` batches and a
    number that says how many of them count, so that rows and epochs can change without
    compiling again; the last batch, if it is smaller, runs in the plain graph. Both
    call one function, as tracing a step takes longer than some trainings.

    Args:
        model: Compiled and built.
        structure: Nested x, y and sample weights, of `tf.TensorSpec` without rows.
        numbers: Of each step, e.g. its learning rate.
        batch_size: Rows per step.
        block_steps: Steps per block under XLA; 0: no XLA.
        members: Whether networks train side by side, each on rows of its own: then row
            numbers are ``(rows, members)`` and batches ``(members, rows, …)``.
    """

    def __init__(
        self,
        model: keras.Model,
        structure: Any,
        numbers: StepNumbers,
        *,
        batch_size: int,
        block_steps: int,
        members: bool = False,
    ) -> None:
        self.model = model
        self.structure = structure
        self.numbers = numbers
        self.batch_size = batch_size
        self.block_steps = block_steps
        self.members = members
        self._block, self._step = self._steps_of_block, self._one_step
        if block_steps:
            self._step = tf.function(self._one_step, autograph=False)
            self._block = tf.function(
                self._steps_of_block, jit_compile=True, autograph=False
            )

    def __call__(
        self,
        rows: Tensors,
        order: tf.Tensor,
        table: tf.Tensor,
        first: tf.Tensor,
        last: tf.Tensor,
        logs: Logs,
    ) -> tuple[tf.Tensor, Logs]:
        """Run steps ``first`` … ``last`` − 1 of an epoch.

        Args:
            rows: Flat data, each ``(rows, …)``.
            order: Row numbers of the whole epoch.
            table: Numbers of the whole epoch's steps, ``(steps, columns)``.
            first: First step.
            last: The step to stop before.
            logs: What an own `train_step` returns, of the step before.

        Returns:
            The step whose loss was not finite, or -1, and the last step's logs.
        """
        size, used = self.batch_size, tf.shape(order)[0]
        if not self.block_steps:

            def batch(s: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
                index = order[s * size : tf.minimum((s + 1) * size, used)]
                return self._taken(rows, index), table[s]

            return self._steps(batch, first, last, logs)
        whole = used // size

        def block(s: tf.Tensor, _: tf.Tensor, logs: Logs) -> tuple[Any, ...]:
            batches, numbers = self._gather(rows, order, table, s)
            count = tf.minimum(self.block_steps, tf.minimum(last, whole) - s)
            bad, logs = self._block(batches, numbers, count, logs)
            return s + self.block_steps, tf.where(bad < 0, bad, s + bad), logs

        _, bad, logs = tf.while_loop(
            lambda s, bad, _: (s < tf.minimum(last, whole)) & (bad < 0),
            block,
            (first, tf.constant(-1), logs),
        )

        def partial_batch() -> tuple[tf.Tensor, Logs]:
            part = self._taken(rows, order[whole * size :])
            return self._steps(lambda s: (part, table[s]), whole, last, logs)

        due = (last > whole) & (bad < 0)
        return tf.cond(due, partial_batch, lambda: (bad, logs))

    def _gather(
        self, rows: Tensors, order: tf.Tensor, table: tf.Tensor, first: tf.Tensor
    ) -> tuple[Tensors, tf.Tensor]:
        """A block's batches ``(block_steps, batch_size, …)``, repeated past the end."""
        length, size = self.block_steps, self.batch_size
        places = tf.range(length * size) + first * size
        index = tf.gather(order, tf.minimum(places, tf.shape(order)[0] - 1))
        index = tf.reshape(index, [length, size, *order.shape[1:]])
        batches = self._taken(rows, index, lead=1)
        steps = tf.minimum(first + tf.range(length), tf.shape(table)[0] - 1)
        numbers = tf.ensure_shape(tf.gather(table, steps), [length, table.shape[1]])
        return batches, numbers

    def _taken(self, rows: Tensors, index: tf.Tensor, *, lead: int = 0) -> Tensors:
        """Rows by number, the members' axis before that of the rows."""
        taken = [tf.gather(r, index) for r in rows]
        if not self.members:
            return taken
        return [members_first(t, lead=lead) for t in taken]

    def _steps_of_block(
        self, batches: Tensors, table: tf.Tensor, count: tf.Tensor, logs: Logs
    ) -> tuple[tf.Tensor, Logs]:
        def batch(i: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
            rows = [
                _of_any_size(tf.gather(b, i), members=self.members) for b in batches
            ]
            return rows, tf.gather(table, i)

        return self._steps(batch, tf.constant(0), count, logs)

    def _steps(
        self, batch: Any, first: tf.Tensor, last: tf.Tensor, logs: Logs
    ) -> tuple[tf.Tensor, Logs]:
        """Steps up to ``last``, or to the first loss that is not finite."""

        def step(i: tf.Tensor, _: tf.Tensor, before: Logs) -> tuple[Any, ...]:
            rows, numbers = batch(i)
            finite, logs = self._step(rows, numbers, before)
            return i + 1, tf.where(finite, -1, i), logs

        _, bad, logs = tf.while_loop(
            lambda i, bad, _: (i < last) & (bad < 0),
            step,
            (first, tf.constant(-1), logs),
        )
        return bad, logs

    def _one_step(
        self, rows: Tensors, numbers: tf.Tensor, before: Logs
    ) -> tuple[tf.Tensor, Logs]:
        """Whether the loss of one step is finite, and its logs."""
        found = self.one(keras.tree.pack_sequence_as(self.structure, rows), numbers)
        logs = picked(found, {n: v.shape for n, v in before.items()})
        return self._finite(found), logs

    def one(self, batch: Any, numbers: tf.Tensor | None = None) -> Any:
        """One training step; its numbers do not matter where only shapes are asked."""
        if numbers is None:
            numbers = tf.ones([len(self.numbers.names)], tf.float64)
        with self.numbers.of_step(numbers):
            return train_step(self.model, batch, self.batch_size)

    def _finite(self, logs: Any) -> tf.Tensor:
        tracker = self.model._loss_tracker
        own = type(self.model).train_step is not keras.Model.train_step
        found = [] if tracker is None else [tracker.total]
        if own and isinstance(logs, dict):  # it need not tell the tracker
            found += [value for name, value in logs.items() if name == "loss"]
        finite = tf.constant(value=True)
        for value in found:
            finite &= tf.reduce_all(tf.math.is_finite(tf.cast(value, tf.float32)))
        return finite


def members_first(batch: tf.Tensor, *, lead: int = 0) -> tf.Tensor:
    """``(rows, members, …)``, after ``lead`` axes → ``(members, rows, …)``."""
    axes = list(range(len(batch.shape)))
    axes[lead], axes[lead + 1] = lead + 1, lead
    return tf.transpose(batch, axes)


def _of_any_size(batch: tf.Tensor, *, members: bool) -> tf.Tensor:
    """The batch, its number of rows hidden from Keras.

    Keras weighs an output's loss by the rows if it knows them while tracing, and leaves
    the weight away if not: blocks and the last batch must not differ in that.
    """
    shape = list(batch.shape)
    shape[1 if members else 0] = None
    return tf.raw_ops.PlaceholderWithDefault(input=batch, shape=shape)
