import gc
import signal
import threading
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mlpkit.data import RowSplit, TableBlocks
from mlpkit.errors import DataError, UsageError
from mlpkit.preprocessing import RowStream

pytestmark = pytest.mark.slow


def blocks_of(tmp_path, rows, *, group=64, block_rows=50):
    path = tmp_path / "rows.parquet"
    if not path.exists():
        table = pa.table({"x": range(rows), "y": [float(i) for i in range(rows)]})
        pa.parquet.write_table(table, path, row_group_size=group)
    return TableBlocks(path, block_rows=block_rows)


def encode(table):
    x = table.column("x").to_numpy().astype(np.float32)
    y = table.column("y").to_numpy().astype(np.float32)
    return np.stack([x, -x], axis=1), y[:, None], x + 0.5


def without_weight(table):
    return (*encode(table)[:2], None)


def rows_of(buffers):
    return [x[:, 0].astype(int).tolist() for x, _, _ in buffers]


def threads():
    return [t for t in threading.enumerate() if t.name == "mlpkit-rows"]


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    if threads():  # beside TensorFlow a collection takes most of a second
        gc.collect()
    assert threads() == []


@pytest.mark.parametrize(
    ("rows", "block_rows", "buffer_rows", "batch_size"),
    [
        (1000, 50, 100, 30),  # buffers of 90
        (1000, 7, 128, 128),
        (1000, 1000, 20, 7),  # blocks larger than buffers
        (1000, 50, 5000, 64),  # everything in one
        (960, 50, 96, 32),  # no rest
        (5, 50, 1, 1),
    ],
)
def test_every_row_once_in_whole_batches(
    tmp_path, rows, block_rows, buffer_rows, batch_size
):
    blocks = blocks_of(tmp_path, rows, block_rows=block_rows)
    stream = RowStream(blocks, encode, buffer_rows=buffer_rows, batch_size=batch_size)
    for epoch in range(2):
        buffers = list(stream.epoch(epoch))
        found = [row for buffer in rows_of(buffers) for row in buffer]
        assert sorted(found) == list(range(rows))
        sizes = [len(x) for x, _, _ in buffers]
        size = buffer_rows // batch_size * batch_size
        assert sizes[:-1] == [size] * (rows // size - (rows % size == 0))
        assert sizes[-1] == (rows % size or size)
        for x, y, weight in buffers:  # a row stays together
            assert x.dtype == y.dtype == weight.dtype == np.float32
            np.testing.assert_array_equal(x[:, 1], -x[:, 0])
            np.testing.assert_array_equal(y[:, 0], x[:, 0])
            np.testing.assert_array_equal(weight, x[:, 0] + 0.5)


def test_order_comes_from_seed_and_epoch_alone(tmp_path):
    generator = np.random.default_rng()

    def unsteady(table):
        time.sleep(generator.uniform(0, 0.002))
        return encode(table)

    def order(encoder, seed, epoch, wait=0.0):
        blocks = blocks_of(tmp_path, 1000)
        stream = RowStream(blocks, encoder, buffer_rows=200, batch_size=16, seed=seed)
        found = []
        for buffer in stream.epoch(epoch):
            time.sleep(wait)
            found.append(buffer)
        return rows_of(found)

    expected = order(encode, 1, 0)
    assert order(unsteady, 1, 0) == expected
    assert order(unsteady, 1, 0, wait=0.003) == expected
    others = [order(encode, 1, 1), order(encode, 2, 0), order(encode, 2, 1)]
    assert len({str(o) for o in (expected, *others)}) == 4


def test_places_in_a_buffer_are_uniform(tmp_path):
    blocks = blocks_of(tmp_path, 40, group=40)
    stream = RowStream(blocks, encode, buffer_rows=60, batch_size=20)  # short, too
    places = np.zeros((40, 40))
    for epoch in range(400):
        (rows,) = rows_of(stream.epoch(epoch))
        places[rows, range(40)] += 1
    halves = places.reshape(2, 20, 2, 20).sum(axis=(1, 3))  # expected 4000 each
    assert abs(halves - 4000).max() < 4.5 * 32
    assert places.max() < 10 + 6 * 3.2


def test_without_weights(tmp_path):
    stream = RowStream(blocks_of(tmp_path, 10), without_weight, 4, 4)
    assert [weight for _, _, weight in stream.epoch(0)] == [None] * 3


def test_only_training_rows_and_rows_that_encode_keeps(tmp_path):
    def even(table):
        keep = table.column("x").to_numpy() % 2 == 0
        return encode(table.filter(pa.array(keep)))

    split = RowSplit(0.3, 0.1)
    blocks = blocks_of(tmp_path, 1000)
    stream = RowStream(blocks, even, buffer_rows=64, batch_size=64, split=split)
    found = sorted(row for rows in rows_of(stream.epoch(3)) for row in rows)
    train = split.part(np.arange(1000, dtype=np.uint64)) == 0
    assert found == [i for i in range(0, 1000, 2) if train[i]]


def test_the_example_has_rows_that_are_kept(tmp_path):
    def late(table):
        return encode(table.filter(pa.array(table.column("x").to_numpy() >= 120)))

    x, y, weight = RowStream(blocks_of(tmp_path, 1000), late, 4, 4).example()
    assert x[:, 0].tolist() == y[:, 0].tolist() == [*range(120, 128)]
    assert len(weight) == 8


def test_no_row_left(tmp_path):
    def none(table):
        return encode(table.slice(0, 0))

    with pytest.raises(DataError, match="must have rows whose target is known"):
        list(RowStream(blocks_of(tmp_path, 10), none, 4, 4).epoch(0))
    with pytest.raises(DataError, match="must have rows whose target is known"):
        RowStream(blocks_of(tmp_path, 10), none, 4, 4).example()


def test_what_the_thread_raises_is_raised_here(tmp_path):
    def broken(table):
        if 500 in table.column("x").to_pylist():
            raise ZeroDivisionError("row 500")
        return encode(table)

    stream = RowStream(blocks_of(tmp_path, 1000), broken, 100, 10)
    with pytest.raises(ZeroDivisionError, match="row 500"):
        list(stream.epoch(0))
    assert threads() == []


@pytest.mark.parametrize("taken", [1, 2, 5])
def test_closing_ends_the_thread(tmp_path, taken):
    buffers = RowStream(blocks_of(tmp_path, 1000), encode, 50, 10).epoch(0)
    for _ in range(taken):
        next(buffers)
    assert len(threads()) == 1
    buffers.close()
    assert threads() == []


def test_closing_waits_for_one_block_not_for_a_buffer(tmp_path):
    seen = []

    def slow(table):
        seen.append(len(table))
        time.sleep(0.01)
        return encode(table)

    blocks = blocks_of(tmp_path, 1000, block_rows=10)
    buffers = RowStream(blocks, slow, 400, 10).epoch(0)
    next(buffers)
    count = len(seen)
    buffers.close()
    assert len(seen) <= count + 1 + 1  # the one begun, and one between the two lines


def test_abandoning_ends_the_thread(tmp_path):
    stream = RowStream(blocks_of(tmp_path, 1000), encode, 50, 10)
    for _ in stream.epoch(0):
        break
    gc.collect()
    assert threads() == []
    stream.epoch(1)  # nothing was asked for: no thread was started
    assert threads() == []


def test_ctrl_c_ends_an_epoch(tmp_path):
    def slow(table):
        time.sleep(0.05)
        return encode(table)

    stream = RowStream(blocks_of(tmp_path, 5000), slow, 5000, 10)
    # in the timer's thread, so that nothing but the polling wakes the main one
    timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    timer.start()
    started = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        list(stream.epoch(0))
    seconds = time.perf_counter() - started
    assert seconds < 4  # of 8
    assert threads() == []


def test_one_buffer_ahead_and_no_more(tmp_path):
    seen = []

    def counting(table):
        seen.append(len(table))
        return encode(table)

    blocks = blocks_of(tmp_path, 1000, group=50, block_rows=50)
    buffers = RowStream(blocks, counting, 50, 50).epoch(0)
    next(buffers)
    time.sleep(0.3)
    assert 2 <= len(seen) <= 3  # one with us, one in the queue, one in hand
    buffers.close()


def test_sizes_out_of_range(tmp_path):
    with pytest.raises(UsageError, match="at most buffer_rows, got 20 and 10"):
        RowStream(blocks_of(tmp_path, 10), encode, 10, 20)
    with pytest.raises(UsageError, match="batch_size must be >= 1"):
        RowStream(blocks_of(tmp_path, 10), encode, 10, 0)
