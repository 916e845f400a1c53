"""A model's weights side by side, in one vector for each type."""

import math
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from mlpkit.training.engine.variables import Copies


class Vectors:
    """Values of all weights in few variables, zeros at first.

    Averaging the weights and keeping the best average takes half of the operations that
    it takes with a variable for each weight, and tracing them is much of a short
    training. Joining and splitting copy all weights, so that an epoch's end needs their
    memory once more.

    Args:
        variables: Whose shapes are fixed, of any types.
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        self._shapes = [tuple(v.shape) for v in variables]
        self._places: dict[tf.DType, list[int]] = {}  # of each type's variables
        for place, variable in enumerate(variables):
            dtype = tf.as_dtype(variable.dtype)
            self._places.setdefault(dtype, []).append(place)
        self._sizes = [
            [math.prod(self._shapes[p]) for p in places]
            for places in self._places.values()
        ]
        self.values = [
            tf.Variable(tf.zeros([sum(sizes)], dtype), trainable=False)
            for dtype, sizes in zip(self._places, self._sizes, strict=True)
        ]

    def join(self, tensors: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        """One tensor for each variable → the vectors."""
        flat = tf.constant([-1])
        return [
            tf.concat([tf.reshape(tensors[p], flat) for p in places], 0)
            for places in self._places.values()
        ]

    def give(self, vectors: Sequence[Any], variables: Sequence[Any]) -> None:
        """Give each variable its part of the vectors."""
        parts: dict[int, tf.Tensor] = {}
        triples = zip(self._places.values(), self._sizes, vectors, strict=True)
        for places, sizes, vector in triples:
            split = tf.split(tf.convert_to_tensor(vector), sizes)
            parts.update(zip(places, split, strict=True))
        for place, (variable, shape) in enumerate(
            zip(variables, self._shapes, strict=True)
        ):
            variable.assign(tf.reshape(parts[place], shape))

    def restore(self, variables: Sequence[Any]) -> None:
        """Give variables the kept values."""
        self.give(self.values, variables)


class CopiedVectors:
    """Copies of vectors: what `Copies` are of variables.

    Args:
        vectors: Whose values are kept.
    """

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._copies = Copies(vectors.values)

    @property
    def values(self) -> list[tf.Variable]:
        """All that is kept."""
        return self._copies.values

    def keep(self, which: tf.Tensor) -> None:
        """Copy the vectors' values, if ``which`` is true."""
        self._copies.keep(which)

    def restore(self, variables: Sequence[Any]) -> None:
        """Give variables the kept values."""
        self._vectors.give(self.values, variables)
