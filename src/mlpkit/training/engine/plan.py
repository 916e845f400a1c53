"""What a loop is traced for, and what each call of it brings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from mlpkit.training.monitor import Monitor

CONTROL = {
    "first_step": tf.int32,
    "last_step": tf.int32,
    "epoch": tf.int32,
    "best": tf.float32,
    "best_epoch": tf.int32,
    "patience": tf.int32,
    "reset": tf.bool,
    "finish": tf.bool,
    "validate": tf.bool,
}


@dataclass(frozen=True)
class Plan:
    """What is fixed when a loop is traced; all else are numbers of a call.

    Attributes:
        batch_size: Rows per step.
        block_steps: Steps that XLA compiles as one block; 0: no XLA.
        validation_batch_size: Rows per evaluation step.
        monitor: The value whose best epoch is kept; None: none.
        factors: What follows a schedule beside the learning rate.
        members: Networks side by side, each with rows and a best epoch of its own.
        weight_averaging: η of the averaged weights, which are evaluated; None: none.
        deterministic: Whether a GPU that is there shall give the same bits again.
    """

    batch_size: int
    block_steps: int
    validation_batch_size: int = 4096
    monitor: Monitor | None = None
    factors: tuple[str, ...] = ()
    members: int | None = None
    weight_averaging: float | None = None
    deterministic: bool = False

    @property
    def frees_widths(self) -> bool:
        """Whether hidden widths may stay open; XLA compiles for each shape anyhow."""
        alone = self.members is None and self.weight_averaging is None
        return alone and not self.block_steps

    def control(self, **given: Any) -> list[tf.Tensor]:
        """Return the numbers of a call as tensors."""
        return [
            tf.constant(given[name], dtype, self._shape(name))
            for name, dtype in CONTROL.items()
        ]

    def signature(
        self, batch: Any, tested: Any, numbers: Sequence[str]
    ) -> tuple[Any, ...]:
        """Return the types and shapes of what a loop is called with.

        Args:
            batch: Nested specs of a training batch.
            tested: Of a validation batch, or None.
            numbers: Names of each step's numbers.
        """
        if self.members is not None:
            batch = keras.tree.map_structure(_without_members, batch)
            tested = tested and keras.tree.map_structure(_rows_first, tested)
        return (
            keras.tree.flatten(batch),
            tf.TensorSpec([None, None, *self._each], tf.int32),
            tf.TensorSpec([None, None, len(numbers)], tf.float64),
            [] if tested is None else keras.tree.flatten(tested),
            *(tf.TensorSpec(self._shape(n), d) for n, d in CONTROL.items()),
        )

    @property
    def _each(self) -> list[int]:
        return [] if self.members is None else [self.members]

    def _shape(self, name: str) -> list[int]:
        return self._each if name in {"best", "best_epoch"} else []


def _without_members(batch: tf.TensorSpec) -> tf.TensorSpec:
    return tf.TensorSpec(batch.shape[1:], batch.dtype)


def _rows_first(batch: tf.TensorSpec) -> tf.TensorSpec:
    return tf.TensorSpec([None, batch.shape[0], *batch.shape[2:]], batch.dtype)
