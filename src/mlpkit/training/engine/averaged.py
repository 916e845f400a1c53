"""The average of the weights over the epochs so far, later ones counting more."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from mlpkit.training.engine.vectors import Vectors


class AveragedWeights:
    """Polynomial-decay averaging, at the ends of epochs.

    ``average_t = average_{t-1} + (η + 1) / (t + η) · (weights_t - average_{t-1})`` for
    t = 1, 2, …, after Shamir & Zhang 2013, "Stochastic Gradient Descent for Non-smooth
    Optimization" (arXiv 1212.1824), section 4. They average steps, this does epochs.

    Args:
        variables: Weights of a model.
        decay: η >= 0: 0 is the plain mean; the higher, the less the early epochs count.

    Attributes:
        average: Of the epochs counted so far.
    """

    def __init__(self, variables: Sequence[Any], decay: float) -> None:
        self._variables = list(variables)
        self._decay = decay
        self.average = Vectors(variables)
        self._count = tf.Variable(0.0, trainable=False)

    @property
    def state(self) -> list[tf.Variable]:
        """All that the next epoch's average depends on."""
        return [self._count, *self.average.values]

    @property
    def epochs(self) -> int:
        """How many were averaged."""
        return int(self._count.numpy())

    def start(self) -> None:
        """Forget what was averaged."""
        for value in self.state:
            value.assign(tf.zeros_like(value))

    @contextmanager
    def counting(self, due: tf.Tensor) -> Iterator[None]:
        """Count the present weights in, if that is due.

        In this context the variables have their average.
        """
        own = [tf.convert_to_tensor(v) for v in self._variables]
        self._add(self.average.join(own), due)
        self.average.restore(self._variables)
        yield
        for variable, value in zip(self._variables, own, strict=True):
            variable.assign(value)

    def _add(self, present: Sequence[tf.Tensor], due: tf.Tensor) -> None:
        self._count.assign_add(tf.cast(due, tf.float32))
        more = self._decay + 1.0
        share = tf.where(due, more / (self._count - 1.0 + more), 0.0)
        for average, value in zip(self.average.values, present, strict=True):
            kept = tf.convert_to_tensor(average)
            if value.dtype.is_floating:  # the first share is 1, of what is left of 0
                average.assign_add(tf.cast(share, value.dtype) * (value - kept))
            else:
                average.assign(tf.where(due, value, kept))

    def restore(self, variables: Sequence[Any]) -> None:
        """Give variables the average."""
        self.average.restore(variables)
