"""Epochs over a table that does not fit into memory: encoded buffers, one ahead."""

import contextlib
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from queue import Empty, Queue
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from mlpkit.data import RowSplit, TableBlocks
from mlpkit.errors import DataError, UsageError
from mlpkit.preprocessing.row_encoder import Encoded
from mlpkit.preprocessing.shared_memory import aligned

_WAIT_SECONDS = 0.2
_NO_ROWS = "the training part must have rows whose target is known, it has none"


class Buffer(NamedTuple):
    """Encoded rows as they came, and the order to take them in.

    Attributes:
        arrays: x, y and, if there are any, weights; each ``(rows, …)``, `aligned`.
        order: Row numbers, int32 ``(rows,)``.
    """

    arrays: list[np.ndarray]
    order: np.ndarray


@dataclass(frozen=True)
class RowStream:
    """Yields, per epoch, every training row once, in encoded and shuffled buffers.

    A buffer has ``buffer_rows`` rows, rounded down to whole batches, so that every
    step has the same shape; rows left over begin the next buffer, and only the last
    one of an epoch may be shorter. Rows are shuffled within a buffer, and the buffers
    are filled from the files' units (`TableBlocks.shuffled`) in an order of their own:
    a file sorted by the target wants small units, or a buffer of several of them.

    Rows and their order come from ``(seed, epoch)`` alone. In memory are three
    buffers, one each with the consumer, in the queue and being filled, and one block.

    Args:
        blocks: Where the rows come from.
        encode: A table's rows → x, y and weights (or None); may leave rows out.
        buffer_rows: Rows of a buffer, >= ``batch_size``.
        batch_size: Rows of a training step, >= 1.
        seed: Of the order.
        split: Only its training rows are taken; all rows if left.
        rows: Of an epoch, where known: `FittedBlocks.rows` tells it.

    Raises:
        UsageError: A number of rows is out of range.
    """

    blocks: TableBlocks
    encode: Callable[[pa.Table], Encoded]
    buffer_rows: int = 262_144
    batch_size: int = 1024
    seed: int = 1
    split: RowSplit | None = None
    rows: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.batch_size <= self.buffer_rows:
            msg = "batch_size must be >= 1 and at most buffer_rows, got"
            raise UsageError(f"{msg} {self.batch_size} and {self.buffer_rows}")

    def example(self) -> Encoded:
        """Return a few encoded rows: their types and widths are those of all.

        Raises:
            DataError: No row is kept.
        """
        for block in self.blocks:
            x, y, weight = self.encode(block.table)
            if len(x):
                return x[:8], y[:8], None if weight is None else weight[:8]
        raise DataError(_NO_ROWS)

    def epoch(self, epoch: int) -> Generator[Encoded, None, None]:
        """Yield the epoch's buffers, each in its order: x, y and weights or None."""
        with contextlib.closing(self.buffers(epoch)) as buffers:
            for arrays, order in buffers:
                x, y, *weight = (array[order] for array in arrays)
                yield x, y, weight[0] if weight else None

    def buffers(self, epoch: int) -> Generator[Buffer, None, None]:
        """Yield the epoch's buffers, decoded and encoded by a thread, one ahead.

        The thread starts with the first buffer asked for, and ends with the iterator:
        when it is exhausted, closed or no longer referenced. What the thread raises
        is raised here.
        """
        return _ahead(lambda stop: self._buffers(epoch, stop))

    def _buffers(self, epoch: int, stop: threading.Event) -> Iterator[Buffer]:
        size = self.buffer_rows // self.batch_size * self.batch_size
        generator = np.random.default_rng([self.seed, epoch, 1])
        filling: _Filling | None = None
        empty = True
        for block in self.blocks.shuffled(self.seed, epoch):
            if stop.is_set():
                return
            split = self.split
            rows = self.encode(split.take(block, "train") if split else block.table)
            start = 0
            while start < len(rows[0]):
                empty = False
                if filling is None:
                    filling = _Filling(rows, generator.permutation(size))
                start += filling.add(rows, start)
                if filling.free == 0:
                    yield filling.result()
                    filling = None
        if filling is not None:
            yield filling.result()
        if empty:
            raise DataError(_NO_ROWS)


class _Filling:
    """A buffer that takes rows as they come."""

    def __init__(self, like: Encoded, order: np.ndarray) -> None:
        self._order, self._filled = order.astype(np.int32), 0
        self._arrays = [
            aligned((len(order), *a.shape[1:]), a.dtype) for a in _present(like)
        ]

    @property
    def free(self) -> int:
        return len(self._order) - self._filled

    def add(self, rows: Encoded, start: int) -> int:
        """Take rows from ``start`` on, as many as fit, and return their number."""
        count = min(self.free, len(rows[0]) - start)
        end = self._filled + count
        for array, values in zip(self._arrays, _present(rows), strict=True):
            array[self._filled : end] = values[start : start + count]
        self._filled = end
        return count

    def result(self) -> Buffer:
        arrays = [array[: self._filled] for array in self._arrays]
        return Buffer(arrays, self._order[self._order < self._filled])


def _present(rows: Encoded) -> list[np.ndarray]:
    return [array for array in rows if array is not None]


@dataclass(frozen=True)
class _Failure:
    error: BaseException


def _ahead(
    start: Callable[[threading.Event], Iterator[Buffer]],
) -> Generator[Buffer, None, None]:
    """Yield what a thread takes from an iterator, one item ahead."""
    queue: Queue[Buffer | _Failure | None] = Queue(maxsize=1)
    stop = threading.Event()

    def produce() -> None:
        last: _Failure | None = None
        try:
            for buffer in start(stop):
                if stop.is_set():
                    return
                queue.put(buffer)
        except BaseException as error:  # noqa: BLE001 - raised again by the consumer
            last = _Failure(error)
        if not stop.is_set():
            queue.put(last)

    thread = threading.Thread(target=produce, name="mlpkit-rows", daemon=True)
    thread.start()
    try:
        while (item := _next(queue)) is not None:
            if isinstance(item, _Failure):
                raise item.error
            yield item
    finally:
        stop.set()
        with contextlib.suppress(Empty):
            queue.get_nowait()  # wakes a thread that waits to put its buffer
        thread.join()


def _next(queue: Queue[Any]) -> Any:
    """The queue's next item; Ctrl-C is seen while waiting, whatever thread got it."""
    while True:
        with contextlib.suppress(Empty):
            return queue.get(timeout=_WAIT_SECONDS)
