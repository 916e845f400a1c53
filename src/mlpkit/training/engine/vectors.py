"""A model's weights side by side, in one vector for each type."""

import math
from collections.abc import Sequence
from typing import Any

import tensorflow as tf


class Vectors:
    """Values of all weights, kept in few variables and given back from them.

    A graph with a copy of each weight (`Copies`) has three times as many operations for
    it, and tracing them is much of a short training.

    Args:
        variables: Of one shape each.
        like: Vectors of the same variables, whose values `keep` copies.
    """

    def __init__(self, variables: Sequence[Any], like: "Vectors | None" = None) -> None:
        self._like = like
        self._shapes = [tuple(v.shape) for v in variables]
        self._places: dict[tf.DType, list[int]] = {}  # of each type's variables
        for place, variable in enumerate(variables):
            dtype = tf.as_dtype(variable.dtype)
            self._places.setdefault(dtype, []).append(place)
        self._sizes = {
            dtype: [math.prod(self._shapes[p]) for p in places]
            for dtype, places in self._places.items()
        }
        self.values = [
            tf.Variable(tf.zeros([sum(sizes)], dtype), trainable=False)
            for dtype, sizes in self._sizes.items()
        ]

    def join(self, tensors: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        """One tensor for each variable → the vectors."""
        flat = tf.constant([-1])
        return [
            tf.concat([tf.reshape(tensors[p], flat) for p in places], 0)
            for places in self._places.values()
        ]

    def keep(self, which: tf.Tensor) -> None:
        """Copy the values of the vectors like these, if ``which`` is true."""
        if self._like is None:
            msg = "keep: there must be vectors to copy"
            raise ValueError(msg)
        given = [tf.convert_to_tensor(v) for v in self._like.values]

        def copy() -> None:
            for kept, value in zip(self.values, given, strict=True):
                kept.assign(value)

        tf.cond(which, copy, lambda: None)

    def restore(self, variables: Sequence[Any]) -> None:
        """Give variables the kept values."""
        pairs = zip(self._places.items(), self.values, strict=True)
        for (dtype, places), vector in pairs:
            parts = tf.split(tf.convert_to_tensor(vector), self._sizes[dtype])
            for place, part in zip(places, parts, strict=True):
                variables[place].assign(tf.reshape(part, self._shapes[place]))
