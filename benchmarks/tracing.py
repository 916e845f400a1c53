"""What a first fit of a small table cannot be shorter than: tracing the network.

In turns: TensorFlow's own seconds for a graph of as many multiplications, and those of
the recipes' training loops, with the operations in all of their graphs. A first fit
that XLA compiles takes its compiling beside that; later fits of the architecture trace
nothing. `benchmarks/accuracy.py` has the peers' seconds.

    python benchmarks/tracing.py
"""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from machine import machine
from tensorflow.python.framework import func_graph

import mlpkit
from mlpkit.training import engine
from mlpkit.training.engine.loop import Loop

HERE = Path(__file__).parent
RECIPES = ("default", "fast", "lecture")
KINDS = ("MLPClassifier", "MLPRegressor")


class Counted:
    """Operations and seconds of the loops that are traced inside."""

    def __enter__(self) -> "Counted":
        self.operations, self.seconds = 0, 0.0
        self._create, self._init = (
            func_graph.FuncGraph._create_op_internal,
            Loop.__init__,
        )

        def create(*args: Any, **kwargs: Any) -> Any:
            self.operations += 1
            return self._create(*args, **kwargs)

        def init(*args: Any, **kwargs: Any) -> None:
            self.operations, start = 0, time.perf_counter()
            self._init(*args, **kwargs)
            self.seconds = time.perf_counter() - start
            self.traced = self.operations

        func_graph.FuncGraph._create_op_internal, Loop.__init__ = create, init
        return self

    def __exit__(self, *_: object) -> None:
        func_graph.FuncGraph._create_op_internal = self._create
        Loop.__init__ = self._init


def bare(operations: int) -> float:
    """Seconds that TensorFlow takes for a graph of nothing but multiplications."""

    @tf.function(autograph=False)
    def multiplied(x: tf.Tensor) -> tf.Tensor:
        for _ in range(operations):
            x = tf.raw_ops.Mul(x=x, y=x)
        return x

    start = time.perf_counter()
    multiplied.get_concrete_function(tf.TensorSpec((None, 8)))
    return time.perf_counter() - start


def measure(kind: str, recipe: str, turns: int) -> dict:
    """The row of an estimator: medians over the turns after the first."""
    found = []
    for turn in range(turns + 1):
        x = np.random.default_rng(turn).normal(size=(120, 8))
        y = x[:, 0] > 0 if kind == "MLPClassifier" else x[:, 0]
        engine.clear()
        with Counted() as counted:
            start = time.perf_counter()
            getattr(mlpkit, kind)(recipe=recipe, random_state=turn).fit(x, y)
            fit = time.perf_counter() - start
        found.append((counted.traced, counted.seconds, bare(counted.traced), fit))
    operations, traced, least, fit = np.median(found[1:], axis=0)
    return {
        "estimator": kind,
        "recipe": recipe,
        "operations": int(operations),
        "tracing_s": round(traced, 3),
        "multiplications_s": round(least, 3),
        "tracing : multiplications": round(traced / least, 2),
        "fit_of_120_rows_s": round(fit, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=5)
    output = HERE / "results" / "tracing.json"
    parser.add_argument("--output", type=Path, default=output)
    given = parser.parse_args()
    rows = []
    for kind in KINDS:
        for recipe in RECIPES:
            rows.append(measure(kind, recipe, given.turns))
            print(json.dumps(rows[-1]), flush=True)
    found = {"machine": machine(), "turns": given.turns, "rows": rows}
    given.output.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
