"""A model's variables, and copies of them that stay on the device."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import tensorflow as tf


def variables_of(model: keras.Model) -> list[Any]:
    """Return all that training changes: weights, random states, optimizer, metrics."""
    found = [*model.variables, *model.metrics_variables, *model.optimizer.variables]
    return list({id(v): v for v in found}.values())


def run_time_values(model: keras.Model) -> list[Any]:
    """Return the variables that are settings of what was compiled, not its state."""
    config = getattr(model, "_compile_config", None)
    things = [] if config is None else keras.tree.flatten(config.config)
    return [
        getattr(thing, name)
        for thing in things
        for name in getattr(thing, "run_time_values", ())
    ]


def handles(strategy: tf.distribute.Strategy, variables: Iterable[Any]) -> list[Any]:
    """Return by what a graph knows variables: a handle of each, on every replica."""
    return [part.handle for part in parts(strategy, variables)]


def parts(strategy: tf.distribute.Strategy, variables: Iterable[Any]) -> list[Any]:
    """Return what variables consist of: a `tf.Variable` of each, on every replica."""
    return [
        part
        for v in variables
        for part in strategy.experimental_local_results(
            v.value if isinstance(v, keras.Variable) else v
        )
    ]


class Values:
    """Values of variables at one time, read outside of a graph.

    Reading copies nothing: TensorFlow writes anew what somebody still holds.

    Args:
        variables: Of one device each, see `parts`.
    """

    def __init__(self, variables: Iterable[tf.Variable]) -> None:
        self._variables = list(variables)
        self._values: list[tf.Tensor] = []

    def read(self) -> None:
        """Take the values of now."""
        read = tf.raw_ops.ReadVariableOp  # without what a graph would need
        self._values = [read(resource=v.handle, dtype=v.dtype) for v in self._variables]

    def write(self) -> None:
        """Give the variables the values taken last."""
        for variable, value in zip(self._variables, self._values, strict=True):
            tf.raw_ops.AssignVariableOp(resource=variable.handle, value=value)


class Copies:
    """Values of variables, kept and given back without leaving the device.

    Args:
        variables: Of a model or its optimizer.
        shape: Of a variable, None where another model's may be wider or narrower; its
            own if left.
    """

    def __init__(
        self,
        variables: Sequence[Any],
        shape: Callable[[Any], tuple[int | None, ...]] | None = None,
    ) -> None:
        self._variables = list(variables)
        self.values = [
            tf.Variable(
                v, trainable=False, shape=tuple(v.shape if shape is None else shape(v))
            )
            for v in variables
        ]

    def keep(self, which: tf.Tensor) -> None:
        """Copy the variables' values.

        Args:
            which: Boolean: whether at all, or of which members ``(members,)``; what
                belongs to all members together is copied in any case.
        """
        if which.shape.rank:
            self._copy(which)
        else:  # what is kept may still be of another network's widths
            tf.cond(which, self._copy, lambda: None)

    def _copy(self, members: tf.Tensor | None = None) -> None:
        for kept, variable in zip(self.values, self._variables, strict=True):
            value, rank = tf.convert_to_tensor(variable), len(variable.shape)
            if members is not None and rank and variable.shape[0] == members.shape[0]:
                mask = tf.reshape(members, [-1, *[1] * (rank - 1)])
                value = tf.where(mask, value, tf.convert_to_tensor(kept))
            kept.assign(value)

    def restore(self, variables: Sequence[Any]) -> None:
        """Give variables the kept values."""
        for kept, variable in zip(self.values, variables, strict=True):
            variable.assign(tf.convert_to_tensor(kept))
