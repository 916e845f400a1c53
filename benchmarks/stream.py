"""Rows per second and peak memory of training from a file that need not fit in memory.

A Parquet file of 16 numeric columns (with NaN), 4 of texts (3, 12, 200 and 20,000
different ones) and a target is written in row groups of 100,000 rows. One process
surveys it, learns its statistics and trains from it by `mlpkit.fit` of a `RowStream`;
its peak memory counts. Another process holds the same rows in memory, encoded, and
trains the same network on them. Their epochs take turns, the first one, which also
compiles, is not counted; the ratio is the median over the turns, and beside it that of
the fastest epochs, which a busy machine disturbs least.

    python benchmarks/stream.py [--rows 10000000] [--epochs 3]
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
import pyarrow as pa
import pyarrow.parquet
from machine import machine

import mlpkit
from mlpkit.data import RowSplit, TableBlocks, survey
from mlpkit.factory import TASKS
from mlpkit.preprocessing import (
    Encoder,
    RowEncoder,
    RowStream,
    TableEncoder,
    fit_blocks,
)

GROUP = 100_000
TEXTS = (3, 12, 200, 20_000)
BATCH_SIZE = 1024
HIDDEN = (64, 64)


def some_rows(rows, generator):
    """Rows whose target depends on two of the columns."""
    columns = {}
    for i in range(16):
        values = generator.normal(size=rows)
        values[generator.random(rows) < 0.02] = np.nan
        columns[f"x{i}"] = pa.array(values)
    for count in TEXTS:
        codes = np.minimum(generator.zipf(1.3, rows), count) - 1
        texts = pa.array([f"value {i}" for i in range(count)])
        columns[f"c{count}"] = texts.take(pa.array(codes))
    noise = generator.normal(size=rows)
    target = np.nan_to_num(columns["x0"].to_numpy()) + noise > 0
    columns["y"] = pa.array(np.where(target, "yes", "no"))
    return pa.table(columns)


def write(path, rows):
    generator = np.random.default_rng(0)
    schema = some_rows(1, generator).schema
    with pa.parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, rows, GROUP):
            writer.write_table(some_rows(min(GROUP, rows - start), generator))


def peak_gib():
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)


class Laps:
    """Seconds of each thing done."""

    def __init__(self):
        self.seconds = {}
        self._started = time.perf_counter()

    def lap(self, name):
        now = time.perf_counter()
        self.seconds[name] = round(now - self._started, 2)
        self._started = now


def prepared(path, laps):
    """The stream, and what the network must know."""
    blocks = TableBlocks(path)
    found = survey(blocks, ["y"])
    laps.lap("survey")
    target = found.target(["y"])
    split = RowSplit.bounded(found.rows, 0.1)
    fitted = fit_blocks(blocks, found, split, target, found.columns(exclude=["y"]))
    laps.lap("statistics")
    encoder = TableEncoder(Encoder(fitted.statistics))
    encode = RowEncoder(encoder, target, shape_target=TASKS[target.task].shape_target)
    stream = RowStream(
        encode.narrow(blocks), encode, batch_size=BATCH_SIZE, split=split
    )
    return stream, encode


def encoded(stream):
    """All training rows in one pair of arrays, without a second copy of them."""
    (width,) = stream.example()[0].shape[1:]
    rows = sum(
        int((stream.split.part(block.positions) == 0).sum()) for block in stream.blocks
    )
    x, y = np.empty((rows, width), np.float32), None
    start = 0
    for part, target, _ in stream.epoch(0):
        y = np.empty((rows, *target.shape[1:]), target.dtype) if y is None else y
        x[start : start + len(part)] = part
        y[start : start + len(part)] = target
        start += len(part)
    return x, y


class Turns(keras.callbacks.Callback):
    """Waits for its turn before every epoch and says how long it took."""

    def on_epoch_begin(self, epoch, logs=None):
        sys.stdin.readline()
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        print(time.perf_counter() - self.started, flush=True)


def peer(path, epochs, *, streamed):
    """Train, an epoch for each line that comes in."""
    laps = Laps()
    before = peak_gib()
    stream, encode = prepared(path, laps)
    model = mlpkit.build_model(
        "binary",
        num_features=encode.table_encoder.num_features,
        cardinalities=encode.table_encoder.cardinalities,
        hidden=HIDDEN,
        dropout=0.0,
        seed=1,
    )
    options = {"epochs": epochs, "callbacks": [Turns()], "verbose": 0}
    if streamed:
        found = mlpkit.fit(model, stream, **options)
    else:
        x, y = encoded(stream)
        found = mlpkit.fit(model, x, y, batch_size=BATCH_SIZE, **options)
    result = {
        "steps": int(model.optimizer.iterations.numpy()),
        "loss": round(found.history["loss"][-1], 4),
        "engine": found.engine,
        "features": encode.table_encoder.num_features,
        "preparation_seconds": laps.seconds,
        "peak_gib": peak_gib(),
        "peak_gib_before": before,
    }
    print(json.dumps(result))


def measure(path, rows, epochs):
    peers = {
        name: subprocess.Popen(
            [sys.executable, __file__, "--peer", name, path, "--epochs", str(epochs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("streamed", "held")
    }
    seconds = {name: [] for name in peers}
    for _ in range(epochs):
        for name, process in peers.items():
            process.stdin.write("\n")
            process.stdin.flush()
            seconds[name].append(float(process.stdout.readline()))
    results = {}
    trained = rows - min(round(0.1 * rows), 200_000)  # about
    for name, process in peers.items():
        results[name] = json.loads(process.stdout.readline())
        process.wait()
        results[name]["epoch_seconds"] = [round(s, 2) for s in seconds[name]]
        results[name]["rows_per_second"] = round(
            trained / statistics.median(seconds[name][1:])
        )
    turns = list(zip(seconds["held"], seconds["streamed"], strict=True))[1:]
    ratio = statistics.median(held / streamed for held, streamed in turns)
    fastest = min(h for h, _ in turns) / min(s for _, s in turns)
    return {
        "rows": rows,
        **results,
        "streamed_to_held": round(ratio, 3),
        "streamed_to_held_of_the_fastest": round(fastest, 3),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--peer", nargs=2)
    parser.add_argument("--file", type=Path, help="Written before; else a new one.")
    arguments = parser.parse_args()
    if arguments.peer:
        kind, path = arguments.peer
        peer(path, arguments.epochs, streamed=kind == "streamed")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.file or Path(folder) / "rows.parquet"
        if not path.exists():
            write(path, arguments.rows)
        result = {
            "machine": machine(),
            "file_mib": path.stat().st_size >> 20,
            **measure(path, arguments.rows, arguments.epochs),
        }
    print(json.dumps(result, indent=2))
    path = Path(__file__).parent / "results" / "stream.json"
    path.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
