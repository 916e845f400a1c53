"""Rows from disk train as rows in memory do."""

import dataclasses

import keras
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mlpkit import build_model
from mlpkit.data import RowSplit, TableBlocks, survey
from mlpkit.errors import UsageError
from mlpkit.preprocessing import (
    Encoder,
    RowEncoder,
    RowStream,
    TableEncoder,
    fit_blocks,
)
from mlpkit.training import fit
from mlpkit.training.source import Streamed

pytestmark = pytest.mark.slow

GENERATOR = np.random.default_rng(0)


@pytest.fixture(scope="module")
def stream(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    x = GENERATOR.normal(size=(1000, 3))
    table = pa.table({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": x @ [1.0, 2, 3]})
    pa.parquet.write_table(table, path, row_group_size=130)
    blocks = TableBlocks(path)
    found = survey(blocks, ["y"])
    target, columns = found.target(["y"]), found.columns(exclude=["y"])
    fitted = fit_blocks(blocks, found, RowSplit(0.0), target, columns)
    encode = RowEncoder(
        TableEncoder(Encoder(fitted.statistics)), target, fitted.scaling
    )
    return RowStream(encode.narrow(blocks), encode, buffer_rows=250, batch_size=32)


def model():
    return build_model("regression", num_features=3, hidden=(8,), seed=1)


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_equals_training_on_the_same_rows_in_memory(stream, jit_compile):
    streamed, held = model(), model()
    buffers = list(stream.epoch(0))
    x, y = (np.concatenate([buffer[i] for buffer in buffers]) for i in (0, 1))
    test = (x[:100], y[:100])
    options = {"validation_data": test, "jit_compile": jit_compile}
    found = fit(streamed, stream, **options)
    assert streamed.optimizer.iterations.numpy() == 32  # 31 whole batches, one of 8
    expected = fit(held, x, y, batch_size=32, shuffle=False, **options)
    for name, values in expected.history.items():
        np.testing.assert_allclose(found.history[name], values, rtol=1e-4)
    for a, b in zip(streamed.weights, held.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


def test_rows_that_nobody_has_counted_go_on_in_one_way(stream, tmp_path, monkeypatch):
    monkeypatch.setattr(Streamed, "counted", False)
    whole = fit(model(), stream, epochs=3)
    file = tmp_path / "state"
    fit(model(), stream, epochs=1, checkpoint=file)
    found = fit(model(), stream, epochs=3, checkpoint=file)
    assert found.history == whole.history


def test_goes_on_after_an_interruption(stream, tmp_path):
    whole = fit(model(), stream, epochs=4)
    options = {"checkpoint": tmp_path / "state", "checkpoint_seconds": 0, "epochs": 4}

    class Stop(keras.callbacks.Callback):
        def __init__(self, after):
            super().__init__()
            self.after = after

        def on_epoch_end(self, epoch, logs=None):
            if epoch == self.after:
                raise ConnectionError

    with pytest.raises(ConnectionError):
        fit(model(), stream, callbacks=[Stop(2)], **options)
    assert fit(model(), stream, callbacks=[Stop(9)], **options).history == whole.history


def test_a_stream_brings_its_targets_and_batch_size_along(stream):
    with pytest.raises(UsageError, match="batch_size must be left out, the stream"):
        fit(model(), stream, batch_size=7)
    with pytest.raises(UsageError, match="y must be left out"):
        fit(model(), stream, np.zeros(3))
    with pytest.raises(UsageError, match="shuffle must be left out, the stream"):
        fit(model(), stream, shuffle=False)


def test_a_seed_of_fit_is_that_of_the_order(stream):
    options = {"epochs": 2, "jit_compile": False}
    found = {
        seed: fit(model(), stream, seed=seed, **options).history["loss"]
        for seed in (None, 1, 7)
    }
    assert found[None] == found[1]  # the stream's own
    assert found[7] != found[1]
    other = dataclasses.replace(stream, seed=7)
    assert fit(model(), other, **options).history["loss"] == found[7]


def test_a_piece_is_a_buffer(stream):
    source = Streamed(stream)
    (x, y), order = next(source.pieces(0))
    buffer = next(stream.buffers(0))
    assert all(array.ctypes.data % 64 == 0 for array in buffer.arrays)
    np.testing.assert_array_equal(x, buffer.arrays[0])
    np.testing.assert_array_equal(y, buffer.arrays[1])
    np.testing.assert_array_equal(order, buffer.order)


def test_steps_per_epoch(stream):
    assert Streamed(stream).steps_per_epoch == 32  # from the file's rows
    assert Streamed(dataclasses.replace(stream, rows=65)).steps_per_epoch == 3
