"""Epochs over a table that does not fit into memory: encoded buffers, one ahead."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, Queue
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.data import RowSplit, TableBlocks
from mlpkit.errors import DataError, UsageError
from mlpkit.preprocessing.row_encoder import Encoded

_WAIT_SECONDS = 0.2


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

    Raises:
        UsageError: A number of rows is out of range.
    """

    blocks: TableBlocks
    encode: Callable[[pa.Table], Encoded]
    buffer_rows: int = 262_144
    batch_size: int = 1024
    seed: int = 1
    split: RowSplit | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.batch_size <= self.buffer_rows:
            msg = "batch_size must be >= 1 and at most buffer_rows, got"
            raise UsageError(f"{msg} {self.batch_size} and {self.buffer_rows}")

    def example(self) -> Encoded:
        """Return a few encoded rows: their types and widths are those of all."""
        return self.encode(next(iter(self.blocks)).table.slice(0, 8))

    def epoch(self, epoch: int) -> Iterator[Encoded]:
        """Yield the epoch's buffers, decoded and encoded by a thread, one ahead.

        The thread starts with the first buffer asked for, and ends with the iterator:
        when it is exhausted, closed or no longer referenced. What the thread raises
        is raised here.
        """
        return _ahead(lambda stop: self._buffers(epoch, stop))

    def _buffers(self, epoch: int, stop: threading.Event) -> Iterator[Encoded]:
        size = self.buffer_rows // self.batch_size * self.batch_size
        generator = np.random.default_rng([self.seed, epoch, 1])
        buffer: _Buffer | None = None
        empty = True
        for block in self.blocks.shuffled(self.seed, epoch):
            if stop.is_set():
                return
            split = self.split
            rows = self.encode(split.take(block, "train") if split else block.table)
            start = 0
            while start < len(rows[0]):
                empty = False
                if buffer is None:
                    buffer = _Buffer(rows, generator.permutation(size))
                start += buffer.fill(rows, start)
                if buffer.free == 0:
                    yield buffer.content()
                    buffer = None
        if buffer is not None:
            yield buffer.content()
        if empty:
            msg = "the training part must have rows whose target is known, it has none"
            raise DataError(msg)


class _Buffer:
    """Takes rows as they come and puts each where the permutation says."""

    def __init__(self, like: Encoded, places: np.ndarray) -> None:
        self._places, self._filled = places, 0
        self._arrays = [
            np.empty((len(places), *a.shape[1:]), a.dtype) for a in _present(like)
        ]

    @property
    def free(self) -> int:
        return len(self._places) - self._filled

    def fill(self, rows: Encoded, start: int) -> int:
        """Take rows from ``start`` on, as many as fit, and return their number."""
        count = min(self.free, len(rows[0]) - start)
        places = self._places[self._filled : self._filled + count]
        for array, values in zip(self._arrays, _present(rows), strict=True):
            array[places] = values[start : start + count]
        self._filled += count
        return count

    def content(self) -> Encoded:
        arrays = self._arrays
        if self.free:
            places = np.sort(self._places[: self._filled])
            arrays = [array[places] for array in arrays]
        return arrays[0], arrays[1], arrays[2] if len(arrays) > 2 else None


def _present(rows: Encoded) -> list[np.ndarray]:
    return [array for array in rows if array is not None]


@dataclass(frozen=True)
class _Failure:
    error: BaseException


def _ahead(start: Callable[[threading.Event], Iterator[Encoded]]) -> Iterator[Encoded]:
    """Yield what a thread takes from an iterator, one item ahead."""
    queue: Queue[Encoded | _Failure | None] = Queue(maxsize=1)
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
