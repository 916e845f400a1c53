"""Rows per second and peak memory of encoded buffers from a file in blocks.

A Parquet file of 16 numeric columns (with NaN), 4 of texts (3, 12, 200 and 20,000
different ones) and a target is written in row groups of 100,000 rows; then it is
surveyed, its statistics are learned, and two epochs of buffers are produced. Every
pass is timed alone; the memory is the process' peak, TensorFlow and Keras loaded.

    python benchmarks/stream.py [--rows 10000000]
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from machine import machine

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
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measure(path):
    seconds = {}
    started = time.perf_counter()

    def lap(name):
        nonlocal started
        seconds[name] = round(time.perf_counter() - started, 2)
        started = time.perf_counter()

    before = peak_gib()
    blocks = TableBlocks(path)
    rows = sum(block.table.num_rows for block in blocks)
    lap("decode alone")
    found = survey(blocks, ["y"])
    target = found.target(["y"])
    columns = found.columns(exclude=["y"])
    lap("survey")
    split = RowSplit.bounded(found.rows, 0.1)
    fitted = fit_blocks(blocks, found, split, target, columns)
    lap("statistics")
    encode = RowEncoder(
        TableEncoder(Encoder(fitted.statistics)),
        target,
        shape_target=TASKS[target.task].shape_target,
    )
    stream = RowStream(encode.narrow(blocks), encode, split=split)
    lap("compile")
    for epoch in range(2):
        trained = sum(len(x) for x, _, _ in stream.epoch(epoch))
        lap(f"epoch {epoch}")
    return {
        "rows": rows,
        "training_rows": trained,
        "features": encode.table_encoder.num_features,
        "seconds": seconds,
        "rows_per_second": round(trained / seconds["epoch 1"]),
        "peak_gib": round(peak_gib(), 2),
        "peak_gib_before": round(before, 2),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        write(path, rows)
        size = path.stat().st_size
        result = {"machine": machine(), "file_mib": size >> 20, **measure(path)}
    print(json.dumps(result, indent=2))
    path = Path(__file__).parent / "results" / "stream.json"
    path.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
