"""Where an epoch's rows come from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
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
        member_rows: Of networks side by side: each one's row numbers.
    """

    rows: Rows
    batch_size: int
    seed: int = 1
    shuffle: bool = True
    steps: int | None = None
    member_rows: tuple[np.ndarray, ...] | None = None

    @property
    def members(self) -> int | None:
        """How many networks train side by side."""
        return None if self.member_rows is None else len(self.member_rows)

    @property
    def structure(self) -> Any:
        """Of a batch."""
        if self.members is None:
            return self.rows.structure
        return by_members(self.rows.structure, self.members)

    @property
    def row_bytes(self) -> int:
        """Of one row."""
        return self.rows.row_bytes

    @property
    def identity(self) -> list[Any]:
        """What makes another training of the same network."""
        order = [self.batch_size, self.seed, self.shuffle, self.steps]
        members = [r.tolist() for r in self.member_rows or ()]
        return [*order, members, self.rows.digest]

    @property
    def counted(self) -> bool:
        """Whether the rows are known before they are passed."""
        return True

    @property
    def steps_per_epoch(self) -> int:
        """How many steps an epoch has."""
        return self.steps or -(-self._fewest // self.batch_size)

    @property
    def _fewest(self) -> int:
        return min((len(r) for r in self.member_rows or ()), default=self.rows.count)

    def example(self) -> Any:
        """Return a batch of a few rows."""
        rows = np.zeros(2, np.int32)
        if self.members is not None:
            rows = np.zeros((2, self.members), np.int32)
        return self.batch_of(self.rows.tensors, rows)

    def first_row(self) -> list[Any]:
        """Return the flat tensors of one row."""
        return self.rows.first(1).tensors

    def order(self, epoch: int) -> np.ndarray:
        """Return the row numbers of an epoch, ``(rows,)`` or ``(rows, members)``."""
        if self.member_rows is None:
            return self._order(epoch, self.seed, self.rows.count)
        # members with more rows than another leave out other ones in every epoch
        orders = [
            rows[self._order(epoch, self.seed + member, len(rows))][: self._fewest]
            for member, rows in enumerate(self.member_rows)
        ]
        return np.stack(orders, axis=1).astype(np.int32)

    def _order(self, epoch: int, seed: int, count: int) -> np.ndarray:
        return epoch_order(
            count,
            seed=seed,
            epoch=epoch,
            shuffle=self.shuffle,
            rows_per_epoch=self.steps and self.steps * self.batch_size,
        )

    def pieces(self, epoch: int) -> Iterator[tuple[list[Any], np.ndarray]]:
        """Yield the epoch's rows, flat tensors and the order within them."""
        yield self.rows.tensors, self.order(epoch)

    def batch_of(self, tensors: list[Any], index: np.ndarray) -> Any:
        """Return some rows of a piece, nested."""
        if self.members is None:
            return Rows(self.structure, tensors).batch(index)
        part = [np.swapaxes(t.numpy()[index], 0, 1) for t in tensors]
        return keras.tree.pack_sequence_as(self.structure, part)


def by_members(structure: Any, members: int) -> Any:
    """Specs ``(rows, …)`` → those of batches ``(members, rows, …)``."""
    return keras.tree.map_structure(
        lambda s: tf.TensorSpec([members, *s.shape], s.dtype), structure
    )


@dataclass(frozen=True)
class Streamed:
    """Rows from disk, in shuffled buffers that are read while the last one is used.

    Attributes:
        stream: Of encoded buffers.
    """

    stream: RowStream
    members = None

    @property
    def batch_size(self) -> int:
        """Rows per step."""
        return self.stream.batch_size

    @cached_property
    def structure(self) -> Any:
        """Of a batch."""
        return tuple(
            tf.TensorSpec([None, *a.shape[1:]], tf.as_dtype(a.dtype))
            for a in self.example()
        )

    def example(self) -> Any:
        """Return a batch of a few rows."""
        return tuple(a for a in self.stream.example() if a is not None)

    def first_row(self) -> list[Any]:
        """Return the flat tensors of one row."""
        return [tf.convert_to_tensor(a[:1]) for a in self.example()]

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
    def counted(self) -> bool:
        """Whether the rows are known before they are passed."""
        return bool(self.stream.rows or self.stream.blocks.num_rows)

    @property
    def steps_per_epoch(self) -> int:
        """How many steps an epoch has; about, where its rows are not counted."""
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


def with_last(items: Iterable[Any]) -> Iterator[tuple[Any, bool]]:
    """Yield each item, and whether it is the last one."""
    iterator = iter(items)
    item = next(iterator)
    for following in iterator:
        yield item, False
        item = following
    yield item, True
