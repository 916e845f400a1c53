"""Time of one optimizer step against Keras' built-in of the same name.

Both run in one process, in turns, inside a compiled loop of steps: what is timed is the
update itself, not the call from Python. The variables are those of an MLP, kernels and
biases of square layers. Ratios are medians over the turns of ours / Keras'; below 1 we
are faster. Run it on a quiet machine:

    python benchmarks/optimizers.py
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from machine import machine

from mlpkit.components.optimizers import OPTIMIZERS

STEPS = 20
PEERS: dict[str, Callable[[], keras.optimizers.Optimizer]] = {
    "sgd": lambda: keras.optimizers.SGD(1e-3),
    "momentum": lambda: keras.optimizers.SGD(1e-3, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(1e-3, momentum=0.9, nesterov=True),
    "adagrad": lambda: keras.optimizers.Adagrad(1e-3),
    "rmsprop": lambda: keras.optimizers.RMSprop(1e-3),
    "adadelta": lambda: keras.optimizers.Adadelta(1e-3),
    "adam": lambda: keras.optimizers.Adam(1e-3),
    "nadam": lambda: keras.optimizers.Nadam(1e-3),
    "adamax": lambda: keras.optimizers.Adamax(1e-3),
    "amsgrad": lambda: keras.optimizers.Adam(1e-3, amsgrad=True),
}
OURS = {"default": {}, "no skipping": {"skip_nonfinite": False}}


def steps(
    optimizer: keras.optimizers.Optimizer, *, count: int, width: int, xla: bool
) -> Callable[[], object]:
    """A compiled loop of ``STEPS`` steps over ``count`` variables."""
    rng = np.random.default_rng(0)
    shapes = [(width, width), (width,)] * (count // 2)
    variables = [keras.Variable(rng.normal(size=s), dtype="float32") for s in shapes]
    gradients = [tf.constant(rng.normal(size=s), tf.float32) for s in shapes]
    optimizer.build(variables)

    @tf.function(jit_compile=xla)
    def loop():
        factor = tf.constant(1.0)
        for i in tf.range(STEPS):
            # Were the gradients constant, their packing would move out of the loop.
            factor = 1.0 + 0.01 * tf.cast(i, tf.float32)
            optimizer.apply([g * factor for g in gradients])
        return factor

    return loop


def compare(name: str, *, count: int, width: int, xla: bool, turns: int) -> dict:
    """Median microseconds of Keras' step, and our ratios to it."""
    loops = {"keras": steps(PEERS[name](), count=count, width=width, xla=xla)}
    for label, options in OURS.items():
        ours = OPTIMIZERS[name](1e-3, **options)
        loops[label] = steps(ours, count=count, width=width, xla=xla)
    for loop in loops.values():
        loop(), loop()
    times: dict[str, list[float]] = {label: [] for label in loops}
    for _ in range(turns):
        for label, loop in loops.items():
            start = time.perf_counter()
            loop().numpy()
            times[label].append((time.perf_counter() - start) / STEPS * 1e6)
    pairs = {
        label: [a / b for a, b in zip(times[label], times["keras"], strict=True)]
        for label in OURS
    }
    return {
        "optimizer": name,
        "variables": count,
        "width": width,
        "mode": "xla" if xla else "graph",
        "keras_us": round(statistics.median(times["keras"]), 1),
        **{label: round(statistics.median(r), 2) for label, r in pairs.items()},
    }


def main() -> None:
    """Run every case, print the table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=25)
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(__file__).parent / "results" / "optimizers.json",
    )
    arguments = parser.parse_args()
    cases = [("adam", n, width) for width in (64, 256) for n in (4, 16, 64)]
    cases += [(name, 16, 64) for name in PEERS if name != "adam"]
    rows = []
    print(
        f"{'optimizer':10}{'variables':>10}{'width':>6}{'mode':>6}{'Keras µs':>10}",
        end="",
    )
    print("".join(f"{label:>13}" for label in OURS))
    for name, count, width in cases:
        for xla in (False, True):
            turns = arguments.turns
            row = compare(name, count=count, width=width, xla=xla, turns=turns)
            rows.append(row)
            ratios = "".join(f"{row[label]:>13}" for label in OURS)
            print(
                f"{name:10}{count:>10}{width:>6}{row['mode']:>6}{row['keras_us']:>10}"
                f"{ratios}",
                flush=True,
            )
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    result = {"machine": machine(), "steps_per_loop": STEPS, "rows": rows}
    arguments.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
