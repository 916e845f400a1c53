"""Ways to run a loop's graph beside TensorFlow's own way, in turns.

What `mlpkit.training.engine.executor` decides by: seconds of a step and of the first
call, in sequence for plain networks around its limit of 2²⁰ multiplications and for
those of the recipe (bent activations, dropout, embeddings), where few steps do not pay
for a rewritten graph; as traced for loops that XLA compiles. ``ahead_until_steps`` is
the number of steps up to which the other way is faster, first call included.

    python benchmarks/executor.py --output benchmarks/results/executor.json
"""

import argparse
import itertools
import json
import time
from pathlib import Path

import keras
import numpy as np
from machine import machine

from mlpkit import activations, layers, optimizers
from mlpkit.training import engine, fit
from mlpkit.training.engine import executor

ROWS, FEATURES = 6_400, 100
OWN = executor.Executor()
IN_SEQUENCE = executor.Executor(waiting=2)
AS_TRACED = executor.Executor(as_traced=True)


def network(width: int, depth: int, kind: str) -> keras.Model:
    last = keras.layers.Dense(1, activation="sigmoid")
    inputs = [keras.Input((FEATURES,))]
    if kind == "recipe":
        inputs.append(layers.PBLD(20))
    hidden = []
    for _ in range(depth):
        if kind == "recipe":
            bent = activations.Parametric(activations.Mish())
            hidden += [layers.ScaledDense(width), bent, layers.Dropout(0.2)]
        else:
            hidden.append(keras.layers.Dense(width, activation="relu"))
    model = keras.Sequential([*inputs, *hidden, last])
    model.compile(optimizers.Adam(), "binary_crossentropy")
    return model


def measured(
    kind: str, width: int, depth: int, batch: int, turns: int, *, xla: bool = False
) -> dict:
    """Microseconds of a step, the least of some turns; seconds of the first call."""
    x = np.random.default_rng(0).normal(size=(ROWS, FEATURES)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    given = {"batch_size": batch, "verbose": 0, "jit_compile": xla}
    ways = {"own": OWN, "other": AS_TRACED if xla else IN_SEQUENCE}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    first = {}
    for turn in range(turns + 1):
        for way, chosen in ways.items():
            executor.Executor.of = lambda *_, chosen=chosen: chosen
            model = network(width, depth, kind)
            start = time.perf_counter()
            fit(model, x, y, epochs=1 if turn == 0 else 3, **given)
            taken = time.perf_counter() - start
            if turn == 0:
                first[way] = round(taken, 3)
                engine.clear()
            else:
                seconds[way].append(taken / (3 * -(-ROWS // batch)))
    step = {way: min(found[1:]) * 1e6 for way, found in seconds.items()}
    saved, more = first["own"] - first["other"], (step["other"] - step["own"]) / 1e6
    return {
        "network": f"{kind}, {depth} layers of {width}",
        "batch": batch,
        "other": "as traced, XLA" if xla else "in sequence",
        "products": batch * model.count_params(),
        "microseconds": {way: round(value) for way, value in step.items()},
        "times_faster": round(step["own"] / step["other"], 2),
        "first_call_seconds": first,
        "ahead_until_steps": round(saved / more) if min(saved, more) > 0 else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    kinds = ("plain", "recipe")
    sizes = itertools.product(kinds, (32, 64, 128, 256), (1, 3), (32, 128))
    cases = [(*size, False) for size in sizes]
    cases += [("plain", 256, 3, 120, True), ("recipe", 256, 2, 120, True)]
    rows = []
    for *case, xla in cases:
        rows.append(measured(*case, given.turns, xla=xla))
        print(json.dumps(rows[-1]), flush=True)
    if given.output:
        found = {"machine": machine(), "rows": rows}
        given.output.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
