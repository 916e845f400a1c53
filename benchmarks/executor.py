"""Steps of plain graphs run in sequence beside TensorFlow's own way, in turns.

What `mlpkit.training.engine.executor` decides by: seconds of a step and of the first
call, for widths and batches around its limit of 2²⁰ multiplications.

    python benchmarks/executor.py --output benchmarks/results/executor.json
"""

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np
from machine import machine

from mlpkit.training import engine, fit
from mlpkit.training.engine import executor

ROWS, FEATURES = 6_400, 100
WAYS = {
    "own": lambda *_: executor.Executor(),
    "in sequence": lambda *_: executor.Executor(waiting=2),
}


def network(width: int, layers: int) -> keras.Model:
    dense = [keras.layers.Dense(width, activation="relu") for _ in range(layers)]
    last = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((FEATURES,)), *dense, last])
    model.compile(keras.optimizers.Adam(), "binary_crossentropy")
    return model


def measured(width: int, layers: int, batch: int, turns: int) -> dict:
    """Microseconds of a step, the least of some turns; seconds of the first call."""
    x = np.random.default_rng(0).normal(size=(ROWS, FEATURES)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    given = {"batch_size": batch, "verbose": 0, "jit_compile": False}
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    first = {}
    for turn in range(turns + 1):
        for way, of in WAYS.items():
            executor.Executor.of = of
            model = network(width, layers)
            start = time.perf_counter()
            fit(model, x, y, epochs=1 if turn == 0 else 3, **given)
            taken = time.perf_counter() - start
            if turn == 0:
                first[way] = round(taken, 3)
                engine.clear()
            else:
                seconds[way].append(taken / (3 * -(-ROWS // batch)))
    step = {way: min(found[1:]) * 1e6 for way, found in seconds.items()}
    return {
        "width": width,
        "layers": layers,
        "batch": batch,
        "products": batch * max(FEATURES * width, width * width * (layers > 1)),
        "microseconds": {way: round(value) for way, value in step.items()},
        "times_faster": round(step["own"] / step["in sequence"], 2),
        "first_call_seconds": first,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    rows = []
    for width in (32, 64, 128, 256):
        for layers in (1, 3):
            for batch in (32, 128):
                rows.append(measured(width, layers, batch, given.turns))
                print(json.dumps(rows[-1]), flush=True)
    if given.output:
        found = {"machine": machine(), "rows": rows}
        given.output.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
