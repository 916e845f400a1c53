"""Where an epoch's rows come from."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf

from mlpkit.preprocessing import RowStream
from mlpkit.preprocessing.shared_memory import as_tensor
from mlpkit.training.order import epoch_order
from mlpkit.training.rows import Rows


@dataclass(frozen=True)
class InMemory:
    """All rows in memory, in a new order every epoch.

    Attributes:
        rows: The training data.
        batch_size: Rows per step.
        seed: Of the order.
        shuffle: False: as the rows come.
        steps: Steps per epoch; None: once through the rows.
    """

    rows: Rows
    batch_size: int
    seed: int
    shuffle: bool = True
    steps: int | None = None

    @property
    def structure(self) -> Any:
        """Of a batch."""
        return self.rows.structure

    @property
    def row_bytes(self) -> int:
        """Of one row."""
        return self.rows.row_bytes

    @property
    def identity(self) -> list[Any]:
        """What makes another training of the same network."""
        order = [self.batch_size, self.seed, self.shuffle, self.steps]
        return [*order, self.rows.digest]

    @property
    def steps_per_epoch(self) -> int:
        """How many steps an epoch has."""
        return self.steps or -(-self.rows.count // self.batch_size)

    def order(self, epoch: int) -> np.ndarray:
        """Return the row numbers of an epoch."""
        return epoch_order(
            self.rows.count,
            seed=self.seed,
            epoch=epoch,
            shuffle=self.shuffle,
            rows_per_epoch=self.steps and self.steps * self.batch_size,
        )

    def pieces(self, epoch: int) -> Iterator[tuple[list[Any], np.ndarray]]:
        """Yield the epoch's rows, flat tensors and the order within them."""
        yield self.rows.tensors, self.order(epoch)

    def batch_of(self, tensors: list[Any], index: np.ndarray) -> Any:
        """Return some rows of a piece, nested."""
        return Rows(self.structure, tensors).batch(index)


@dataclass(frozen=True)
class Streamed:
    """Rows from disk, in shuffled buffers that are read while the last one is used.

    Attributes:
        stream: Of encoded buffers.
    """

    stream: RowStream

    @property
    def batch_size(self) -> int:
        """Rows per step."""
        return self.stream.batch_size

    @cached_property
    def structure(self) -> Any:
        """Of a batch."""
        example = tuple(a for a in self.stream.example() if a is not None)
        return tuple(
            tf.TensorSpec([None, *a.shape[1:]], tf.as_dtype(a.dtype)) for a in example
        )

    @property
    def row_bytes(self) -> int:
        """Of one row."""
        sizes = [int(np.prod(s.shape[1:])) * s.dtype.size for s in self.structure]
        return max(1, sum(sizes))

    @property
    def identity(self) -> list[Any]:
        """What makes another training of the same network."""
        stream = self.stream
        order = [stream.batch_size, stream.buffer_rows, stream.seed, stream.split]
        return [*order, stream.blocks.identity]

    @property
    def steps_per_epoch(self) -> int:
        """How many steps an epoch has; about, where its rows are not known."""
        rows = self.stream.rows or self.stream.blocks.num_rows or 1
        return -(-rows // self.batch_size)

    def pieces(self, epoch: int) -> Iterator[tuple[list[Any], np.ndarray]]:
        """Yield the epoch's buffers, flat tensors and the order within them."""
        for arrays, order in self.stream.buffers(epoch):
            yield [as_tensor(array) for array in arrays], order

    def batch_of(self, tensors: list[Any], index: np.ndarray) -> Any:
        """Return some rows of a piece, nested."""
        return Rows(self.structure, tensors).batch(index)


Source = InMemory | Streamed
