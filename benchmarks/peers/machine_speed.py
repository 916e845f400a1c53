"""What the machine can do, and from how many steps on XLA pays."""

import json
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf


def sgemm_peak() -> float:
    """GFLOP/s of a large product of float32 matrices."""
    size = 2048
    a = tf.random.normal([size, size])
    times = []
    for _ in range(12):
        start = time.perf_counter()
        tf.linalg.matmul(a, a).numpy()
        times.append(time.perf_counter() - start)
    return 2 * size**3 / min(times) / 1e9


def xla_rule(output: Path) -> None:
    """Print, by network, the steps from which XLA is sooner done than a plain graph."""
    from machine import machine
    from peers.networks import network

    from mlpkit.training import engine, fit

    found = []
    for hidden, norm, dropout, batch in (
        ((), False, 0.0, 32),
        ((64, 64), False, 0.0, 32),
        ((64, 64), False, 0.0, 128),
        ((64, 64), True, 0.1, 128),
        ((256, 256, 256), False, 0.0, 256),
        ((256, 256, 256), True, 0.1, 256),
        ((128,) * 8, False, 0.1, 128),
    ):
        case = {
            "features": 32,
            "hidden": hidden,
            "batch_norm": norm,
            "dropout": dropout,
        }
        x = np.random.default_rng(0).normal(size=(batch * 64, 32)).astype("float32")
        times = {}
        for jit in (False, True):
            engine.clear()
            model = network(case)
            start = time.perf_counter()
            fit(model, x, x[:, :1], batch_size=batch, jit_compile=jit, verbose=0)
            first = time.perf_counter() - start
            steps = []
            for _ in range(5):
                start = time.perf_counter()
                fit(
                    model,
                    x,
                    x[:, :1],
                    batch_size=batch,
                    epochs=5,
                    jit_compile=jit,
                    verbose=0,
                )
                steps.append((time.perf_counter() - start) / 5 / 64)
            times[jit] = first, sorted(steps)[2]
        extra = times[True][0] - times[False][0]
        saved = times[False][1] - times[True][1]
        row = {
            "hidden": hidden,
            "batch_norm": norm,
            "batch_size": batch,
            "graph_ms": round(times[False][1] * 1e3, 3),
            "xla_ms": round(times[True][1] * 1e3, 3),
            "compiling_s": round(extra, 2),
            "pays_from_steps": round(extra / saved) if saved > 0 else None,
        }
        found.append(row)
        print(row, flush=True)
    output.write_text(
        json.dumps({"machine": machine(), "rows": found}, indent=1) + "\n"
    )
