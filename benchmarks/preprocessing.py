"""Fit and encode 1 M rows x 20 mixed columns: seconds and peak memory.

python benchmarks/preprocessing.py [rows]
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from machine import machine

from mlpkit.data import infer_columns
from mlpkit.preprocessing import Encoder, encode_table, fit_statistics


def mixed_table(rows):
    """8 float, 4 whole-number, 5 text, 2 boolean and 1 date column, 5 % missing."""
    generator = np.random.default_rng(0)

    def column(values):
        return pa.array(values, mask=generator.random(rows) < 0.05)

    columns = {f"float_{i}": column(generator.normal(size=rows)) for i in range(8)}
    columns |= {
        f"whole_{i}": column(generator.integers(0, 1000, rows)) for i in range(4)
    }
    for i, size in enumerate((2, 5, 12, 100, 5000)):
        names = np.array([f"value {k}" for k in range(size)])
        columns[f"text_{i}"] = column(names[generator.integers(0, size, rows)])
    columns |= {f"flag_{i}": column(generator.random(rows) < 0.5) for i in range(2)}
    seconds = generator.integers(0, 10**9, rows).astype("datetime64[s]")
    columns["day"] = column(seconds.astype("datetime64[us]"))
    return pa.table(columns)


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    table = mixed_table(rows)
    started = time.perf_counter()
    statistics = fit_statistics(table, infer_columns(table))
    fitted = time.perf_counter()
    matrix = encode_table(Encoder(statistics), table)
    encoded = time.perf_counter()
    result = {
        "rows": rows,
        "raw_columns": table.num_columns,
        "encoded_columns": matrix.shape[1],
        "fit_seconds": round(fitted - started, 2),
        "encode_seconds": round(encoded - fitted, 2),
        "peak_gib": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2
        ),
        "machine": machine(),
    }
    print(json.dumps(result, indent=2))
    path = Path(__file__).parent / "results" / "preprocessing.json"
    path.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
