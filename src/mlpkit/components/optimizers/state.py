"""What an optimizer remembers besides the parts' hyperparameters."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

from mlpkit.components.optimizers.buffers import Buffer, state_dtype
from mlpkit.components.optimizers.run_time_values import make_scalar


class State:
    """Buffers, counters, accumulated gradients and averaged weights.

    Args:
        optimizer: The ``ComponentOptimizer`` whose variables these become.
        buffers: Its variables, arranged.
    """

    def __init__(self, optimizer: Any, buffers: Sequence[Buffer]) -> None:
        self._optimizer = optimizer
        self.buffers = list(buffers)
        slots = {k: v for part in optimizer.parts for k, v in part.slots.items()}
        for i, buffer in enumerate(buffers):
            for name, start in slots.items():
                buffer.slots[name] = self._like(buffer, f"{name}_{i}", start)
            if buffer.narrow:
                buffer.master = self._like(buffer, f"master_{i}")
            if optimizer.gradient_accumulation_steps:
                buffer.accumulator = self._like(buffer, f"accumulator_{i}")
        self.counters = {
            name: make_scalar(optimizer, name, start)
            for part in optimizer.parts
            for name, start in part.counters.items()
        }
        self._skipped = optimizer.skipped_steps
        variables = optimizer._trainable_variables
        self.averages = [
            None if _overwritten(v) or not optimizer.use_ema else self._average_of(v)
            for v in variables
        ]
        # Keras keeps the gradients that replace such variables (float8 scales) itself.
        self.overwritten = [
            optimizer.add_variable_from_reference(v, name="gradient_accumulator")
            if _overwritten(v) and optimizer.gradient_accumulation_steps
            else None
            for v in variables
        ]

    def updates_done(self) -> Any:
        """How many updates were made, skipped ones not counted."""
        done = ops.cast(self._optimizer.iterations, self._skipped.dtype)
        return done - ops.convert_to_tensor(self._skipped)

    def gate(
        self, buffers: Sequence[Buffer], gradients: Sequence[Any]
    ) -> tuple[list[Any], Any | None]:
        """Gradients of this update, and whether it is one: a boolean, None for always.

        Zeros take the place of gradients when it is not.
        """
        live = None
        count = self._optimizer.gradient_accumulation_steps
        if count:
            done = ops.cast(self._optimizer._iterations, "int32")
            live = ops.equal((done + 1) % count, 0)
            gradients = [
                b.accumulate(g, live) / count
                for b, g in zip(buffers, gradients, strict=True)
            ]
        if self._optimizer.skip_nonfinite:
            pairs = zip(buffers, gradients, strict=True)
            finite = functools.reduce(
                ops.logical_and, [b.is_sound(g) for b, g in pairs]
            )
            skip = ops.logical_not(finite)
            skip = skip if live is None else ops.logical_and(live, skip)
            live = finite if live is None else ops.logical_and(live, finite)
            self._skipped.assign_add(ops.cast(skip, self._skipped.dtype))
        if live is not None:
            gradients = [ops.where(live, g, ops.cast(0.0, g.dtype)) for g in gradients]
        return list(gradients), live

    def average(self, live: Any | None) -> None:
        """Move the averaged weights on, and overwrite the weights by them when due."""
        optimizer = self._optimizer
        done = self.updates_done()
        # The first average is the first weights, without a trace of the zeros before.
        fresh = ops.where(ops.equal(done, 0), 1.0, 1.0 - optimizer.ema_momentum)
        due = None
        if optimizer.ema_overwrite_frequency:
            due = ops.equal((done + 1) % optimizer.ema_overwrite_frequency, 0)
        if live is not None:
            fresh = ops.where(live, fresh, 0.0)
            due = due if due is None else ops.logical_and(due, live)
        variables = optimizer._trainable_variables
        for variable, average in zip(variables, self.averages, strict=True):
            if average is None:
                continue
            value = ops.convert_to_tensor(average)
            change = ops.cast(variable, average.dtype) - value
            value = value + ops.cast(fresh, average.dtype) * change
            average.assign(value)
            if due is not None:
                value = ops.cast(value, variable.dtype)
                variable.assign(ops.where(due, value, ops.convert_to_tensor(variable)))

    def _like(self, buffer: Buffer, name: str, start: float = 0.0) -> Any:
        # Keras' Constant initializer would round the value to float32.
        values = np.full(buffer.shape, start, buffer.dtype)
        return self._optimizer.add_variable(
            shape=buffer.shape,
            initializer=lambda shape, dtype: ops.convert_to_tensor(values, dtype),
            dtype=buffer.dtype,
            name=name,
        )

    def _average_of(self, variable: Any) -> Any:
        dtype = state_dtype(variable.dtype)
        name = f"{variable.name}_average"
        return self._optimizer.add_variable(variable.shape, "zeros", dtype, name=name)


def _overwritten(variable: Any) -> bool:
    return getattr(variable, "overwrite_with_gradient", False)
