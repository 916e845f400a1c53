"""Time of each activation, forward and backward, against Keras' built-in.

Both run in one process, in turns, as a compiled chain of value and gradient: with XLA
(the package's engine) and as a plain graph (``model.fit`` on CPUs). Ratios are medians
over the turns of ours / Keras'; below 1 we are faster. Two have no peer: RReLU is
compared with dropout, which draws as many numbers, and the parametric SELU with the
plain one, to show what α costs. Run it on a quiet machine:

    python benchmarks/activations.py
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
import tensorflow as tf
from machine import machine

from mlpkit.components.activations import ACTIVATIONS, GELU, SELU, Parametric

CHAIN = 8
SHAPES = [(256, 256), (2048, 512)]


def activation(name: str, **arguments) -> Callable[[str], keras.layers.Layer]:
    """Keras' function of that name, as a layer."""
    function = getattr(keras.activations, name)
    return lambda dtype: keras.layers.Activation(
        lambda x: function(x, **arguments), dtype=dtype
    )


PEERS: dict[str, Callable[[str], keras.layers.Layer]] = {
    "elu": activation("elu"),
    "gelu": activation("gelu", approximate=True),
    "gelu exact": activation("gelu", approximate=False),
    "leaky_relu": activation("leaky_relu", negative_slope=0.01),
    "linear": activation("linear"),
    "mish": activation("mish"),
    "parametric": activation("selu"),
    "prelu": lambda dtype: keras.layers.PReLU("zeros", dtype=dtype),
    "relu": activation("relu"),
    "rrelu": lambda dtype: keras.layers.Dropout(0.2, dtype=dtype),
    "selu": activation("selu"),
    "sigmoid": activation("sigmoid"),
    "silu": activation("silu"),
    "tanh": activation("tanh"),
}
OURS: dict[str, Callable[[str], keras.layers.Layer]] = {
    **{name: lambda dtype, c=cls: c(dtype=dtype) for name, cls in ACTIVATIONS.items()},
    "gelu exact": lambda dtype: GELU(approximate=False, dtype=dtype),
    "parametric": lambda dtype: Parametric(SELU(dtype=dtype), dtype=dtype),
}


def chain(
    layer: keras.layers.Layer, *, shape: tuple, dtype: str, xla: bool
) -> Callable[[], object]:
    """A compiled chain of values and gradients, with respect to input and weights."""
    x = tf.cast(tf.random.stateless_normal(shape, seed=(1, 2)), dtype)
    layer.build(shape)

    @tf.function(jit_compile=xla, autograph=False)
    def run():
        h, total = x, tf.zeros((), dtype)
        for _ in range(CHAIN):
            with tf.GradientTape() as tape:
                tape.watch(h)
                y = layer(h, training=True)
            weights = [v.value for v in layer.trainable_variables]
            by_input, *by_weights = tape.gradient(y, [h, *weights])
            total += sum(tf.cast(tf.reduce_sum(g), dtype) for g in by_weights)
            h = 0.5 * by_input + y
        return h, total

    return run


def compare(name: str, *, shape: tuple, dtype: str, xla: bool, turns: int) -> dict:
    """Median microseconds of Keras' value and gradient, and the ratio of ours."""
    runs = {
        "keras": chain(PEERS[name](dtype), shape=shape, dtype=dtype, xla=xla),
        "ours": chain(OURS[name](dtype), shape=shape, dtype=dtype, xla=xla),
    }
    for run in runs.values():
        run(), run()
    times: dict[str, list[float]] = {label: [] for label in runs}
    for _ in range(turns):
        for label, run in runs.items():
            start = time.perf_counter()
            run()[0].numpy()
            times[label].append((time.perf_counter() - start) / CHAIN * 1e6)
    ratios = [a / b for a, b in zip(times["ours"], times["keras"], strict=True)]
    return {
        "activation": name,
        "shape": list(shape),
        "dtype": dtype,
        "compiler": "XLA" if xla else "graph",
        "keras_us": round(statistics.median(times["keras"]), 1),
        "ratio": round(statistics.median(ratios), 2),
        "quartiles": [round(q, 2) for q in statistics.quantiles(ratios)[::2]],
    }


def main() -> None:
    """Run every case, print the table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=21)
    parser.add_argument("--only", nargs="*", default=sorted(PEERS))
    options = parser.parse_args()
    rows = []
    print(
        f"{'activation':12} {'dtype':9} {'shape':>11}  XLA: keras µs  ratio   graph: …"
    )
    for name in options.only:
        for dtype in ("float32", "bfloat16"):
            for shape in SHAPES:
                pair = [
                    compare(
                        name, shape=shape, dtype=dtype, xla=xla, turns=options.turns
                    )
                    for xla in (True, False)
                ]
                rows += pair
                cells = "  ".join(
                    f"{r['keras_us']:9.1f} {r['ratio']:6.2f}" for r in pair
                )
                print(f"{name:12} {dtype:9} {shape!s:>11}  {cells}", flush=True)
    record = {
        "machine": machine(),
        "what": __doc__.splitlines()[0],
        "turns": options.turns,
        "rows": rows,
    }
    target = Path(__file__).parent / "results" / "activations.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
