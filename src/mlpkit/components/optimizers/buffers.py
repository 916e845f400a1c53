"""Variables side by side in buffers, so that one operation updates many of them."""

import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import keras
from keras import ops

from mlpkit.components.optimizers.gradient_parts import GradientPart
from mlpkit.components.optimizers.rate_parts import RatePart

_SHARED_ELEMENTS = 32_768
"""Variables share a buffer up to this size (128 KiB of float32 stay in the cache); a
larger one is its own buffer, since copying it costs more than an operation saves."""

_ROW = 128
"""Shared buffers are padded to rows of this length."""

_HUGE = {"float32": 2.0**64, "float64": 2.0**512}
"""The smallest power of two whose square is infinite."""

_PRECISION = {"bfloat16": (2.0**-7, 2.0**-133), "float16": (2.0**-10, 2.0**-24)}
"""Spacing of numbers relative to their size, and the smallest number."""


def state_dtype(dtype: Any) -> str:
    """The type of state: float32, or wider where the variable is wider."""
    wide = keras.backend.standardize_dtype(dtype) == "float64"
    return "float64" if wide else "float32"


class Buffer:
    """Some variables of one type, seen as one tensor in float32 or wider.

    Args:
        variables: The model's variables in this buffer.
        indices: Their places among all variables of the optimizer.
        decayed: Which of them weight decay shrinks.
    """

    def __init__(
        self, variables: Sequence[Any], indices: Sequence[int], decayed: Sequence[bool]
    ) -> None:
        self.variables = list(variables)
        self.indices = list(indices)
        self.decayed = list(decayed)
        self.sizes = [math.prod(v.shape) for v in variables]
        self.alone = len(self.sizes) == 1
        self.padding = 0 if self.alone else -sum(self.sizes) % _ROW
        total = sum(self.sizes) + self.padding
        self.shape = tuple(variables[0].shape) if self.alone else (total,)
        self.dtype = state_dtype(variables[0].dtype)
        dtype = keras.backend.standardize_dtype(variables[0].dtype)
        self.narrow = dtype if dtype != self.dtype else None
        """The variables' type, if it is narrower than the buffer's."""
        self.slots: dict[str, Any] = {}
        """The parts' state by name: variables of the buffer's shape."""
        self.accumulator: Any = None
        """Sum of gradients so far, if batches are accumulated."""
        self.master: Any = None
        """Values of narrow variables with the digits that their type cannot hold."""

    def pack(self, tensors: Mapping[int, Any]) -> Any:
        """The tensors of this buffer's variables in one; zeros where there is none."""
        parts = [
            ops.cast(tensors[i], self.dtype)
            if i in tensors
            else ops.zeros(v.shape, self.dtype)
            for i, v in zip(self.indices, self.variables, strict=True)
        ]
        return self.join(parts)

    def join(self, parts: Sequence[Any]) -> Any:
        """One tensor per variable → the buffer."""
        if self.alone:
            return parts[0]
        flat = [ops.reshape(p, (-1,)) for p in parts]
        if self.padding:
            flat.append(ops.zeros((self.padding,), flat[0].dtype))
        return ops.concatenate(flat)

    def split(self, buffer: Any) -> list[Any]:
        """The buffer → one tensor per variable."""
        if self.alone:
            return [buffer]
        pieces = _split(buffer, [*self.sizes, self.padding])
        pairs = zip(pieces, self.variables, strict=False)  # the padding is left over
        return [ops.reshape(p, v.shape) for p, v in pairs]

    def is_sound(self, gradient: Any) -> Any:
        """Whether the gradient and its square are finite, as a boolean scalar.

        An element that is NaN, infinite or beyond ``_HUGE`` makes the sum of its row
        times ``_HUGE`` infinite or NaN. (So do many that are smaller by the length of a
        row.) A product with a vector is one pass over memory, fast in a graph and under
        XLA, and loses no NaN as XLA's maximum does.
        """
        columns = (self.shape[-1] if self.shape else 1) if self.alone else _ROW
        huge = ops.full((columns, 1), _HUGE[self.dtype], self.dtype)
        sums = ops.matmul(ops.reshape(gradient, (-1, columns)), huge)
        return ops.all(ops.isfinite(sums))

    def accumulate(self, gradient: Any, due: Any) -> Any:
        """Add to the accumulated gradient and return it; start anew when it is due."""
        total = ops.convert_to_tensor(self.accumulator) + gradient
        self.accumulator.assign(ops.where(due, ops.zeros_like(total), total))
        return total

    def update(
        self,
        parts: tuple[GradientPart, RatePart],
        gradient: Any,
        numbers: Mapping[str, Any],
        given: Collection[int],
        subtract: Callable[[Any, Any], None],
    ) -> None:
        """Apply the parts and move the variables.

        Args:
            parts: The gradient and the learning-rate component.
            gradient: In the shape of the buffer.
            numbers: Scalars of the step: the parts' own, and ``rate`` (and ``shrink``).
            given: Indices of the variables that have a gradient; others stay as is.
            subtract: Subtracts a tensor from a variable, in place where it can.
        """
        numbers = {name: ops.cast(x, self.dtype) for name, x in numbers.items()}
        slots = {name: ops.convert_to_tensor(v) for name, v in self.slots.items()}
        before = dict(slots)
        direction = parts[0].apply(gradient, slots, numbers)
        change = parts[1].apply(direction, gradient, slots, numbers) * numbers["rate"]
        present = self._present(given)
        for name, value in slots.items():
            if present is not None:
                value = ops.where(present, value, before[name])
            self.slots[name].assign(value)
        self._move(change, numbers.get("shrink"), given, subtract)

    def _present(self, given: Collection[int]) -> Any | None:
        """True where the step has a gradient; None if it has all."""
        have = [i in given for i in self.indices]
        if all(have):
            return None
        pairs = zip(self.variables, have, strict=True)
        return self.join([ops.full(v.shape, h, "bool") for v, h in pairs])

    def _move(
        self,
        change: Any,
        shrink: Any | None,
        given: Collection[int],
        subtract: Callable[[Any, Any], None],
    ) -> None:
        masters = self.split(self._current_masters()) if self.narrow else None
        for i, step in enumerate(self.split(change)):
            if self.indices[i] not in given:
                continue
            variable = self.variables[i]
            decays = shrink is not None and self.decayed[i]
            if not decays and masters is None:
                subtract(variable, step)
                continue
            value = masters[i] if masters else ops.convert_to_tensor(variable)
            value = value - (step + shrink * value if decays else step)
            variable.assign(ops.cast(value, variable.dtype))
            if masters:
                masters[i] = value
        if masters:
            self.master.assign(self.join(masters))

    def _current_masters(self) -> Any:
        """The narrow variables' values in the wide type.

        Where a variable is not the rounded value left here, somebody else wrote it, and
        its own value counts. Rounding and comparing would not do: XLA may drop a
        conversion to a narrow type and back.
        """
        master = ops.convert_to_tensor(self.master)
        values = self.join([ops.cast(v, self.dtype) for v in self.variables])
        spacing, smallest = _PRECISION[str(self.narrow)]
        rounding = 0.51 * spacing * ops.absolute(values) + smallest
        return ops.where(ops.absolute(master - values) <= rounding, master, values)


def arrange(variables: Sequence[Any], decayed: Sequence[bool]) -> list[Buffer]:
    """Distribute the variables over buffers, in their order and by their type."""
    groups: list[list[int]] = []
    shared: dict[str, tuple[list[int], int]] = {}
    for i, variable in enumerate(variables):
        if getattr(variable, "overwrite_with_gradient", False):
            continue
        size = math.prod(variable.shape)
        dtype = keras.backend.standardize_dtype(variable.dtype)
        group, used = shared.get(dtype, ([], _SHARED_ELEMENTS))
        if used + size > _SHARED_ELEMENTS:
            group, used = [], 0
            groups.append(group)
        group.append(i)
        if used + size <= _SHARED_ELEMENTS:
            shared[dtype] = (group, used + size)
    return [
        Buffer([variables[i] for i in g], g, [decayed[i] for i in g]) for g in groups
    ]


def _split(buffer: Any, sizes: Sequence[int]) -> list[Any]:
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.split(buffer, sizes)  # Keras' own computes them in the graph
    return ops.split(buffer, list(itertools.accumulate(sizes))[:-1])
