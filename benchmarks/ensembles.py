"""Five folds trained in one graph, beside five trainings one after another.

Both train the same members: equal rows, epochs and batches, each to its own best epoch.
The five share one compiled loop, as all equal networks do. A ratio is five / one graph
of the same turn, of seconds and of processor seconds (all threads'; a busy machine
changes these less):

    python benchmarks/ensembles.py
"""

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

HERE = Path(__file__).parent
MEMBERS, ROWS, FEATURES, EPOCHS = 5, 1_000, 20, 40
NETWORKS = {
    "64-64, batches of 32": {"hidden": (64, 64), "batch_size": 32},
    "256-256-256, NTK, PBLD, batches of 64": {
        "hidden": (256, 256, 256),
        "batch_size": 64,
        "parametrization": "ntk",
        "front_scale": True,
        "numeric_embedding": "pbld",
    },
}


def table() -> tuple[np.ndarray, np.ndarray]:
    """Rows of three classes."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, FEATURES)).astype("float32")
    y = np.digitize(x[:, 0] * x[:, 1] + x[:, 2], [-0.5, 0.5])
    return x, y


def fits(settings: dict, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Seconds, and processor seconds, of the one training and of the five."""
    from mlpkit import build_model, fit

    size = settings["batch_size"]
    network = {k: v for k, v in settings.items() if k != "batch_size"}
    network |= {"num_outputs": 3, "num_features": FEATURES, "num_numeric": FEATURES}
    rows = np.arange(ROWS)
    parts = [(np.setdiff1d(rows, rows[k::MEMBERS]), rows[k::MEMBERS]) for k in range(5)]
    given = {"batch_size": size, "epochs": EPOCHS, "verbose": 0}
    times = [_now()]
    together = build_model("multiclass", members=MEMBERS, seed=1, **network)
    fit(together, x, y, members=parts, monitor="val_member_loss", **given)
    times.append(_now())
    for seed, (trained, held) in enumerate(parts):
        single = build_model("multiclass", seed=seed, **network)
        validation = x[held], y[held]
        fit(single, x[trained], y[trained], validation_data=validation, **given)
    return np.diff([*times, _now()], axis=0)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def main() -> None:
    """Run, print, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=3, help="after the first one")
    output = HERE / "results" / "ensembles.json"
    parser.add_argument("--output", type=Path, default=output)
    arguments = parser.parse_args()
    from machine import machine

    x, y = table()
    rows = []
    for name, settings in NETWORKS.items():
        first, *later = [fits(settings, x, y) for _ in range(arguments.turns + 1)]
        one, five = np.median(later, axis=0)
        wall, processor = np.median([t[1] / t[0] for t in later], axis=0)
        row = {
            "network": name,
            "one_graph_seconds": round(one[0], 3),
            "five_seconds": round(five[0], 3),
            "times_slower": round(wall, 2),
            "times_more_processor_seconds": round(processor, 2),
            "first_one_graph_seconds": round(first[0][0], 2),
            "first_five_seconds": round(first[1][0], 2),
        }
        rows.append(row)
        print(
            f"{name:40}{row['one_graph_seconds']:>8.2f} s in one graph"
            f"{row['five_seconds']:>8.2f} s one by one{row['times_slower']:>7.2f} x"
            f" ({row['times_more_processor_seconds']:.2f} x of processor time)"
            f"   first: {first[0][0]:.1f} s, {first[1][0]:.1f} s with compiling",
            flush=True,
        )
    told = {"machine": machine(), "rows": rows}
    arguments.output.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
