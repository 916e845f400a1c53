"""What the shipped jobs reach: the leading test metric over 5 seeds, and seconds.

python benchmarks/configs.py [seeds]
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import machine

import mlpkit

ROOT = Path(__file__).parents[1]


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found = {}
    for path in sorted((ROOT / "configs").glob("*.toml")):
        values, baselines, seconds = [], [], []
        for seed in range(1, seeds + 1):
            with tempfile.TemporaryDirectory() as folder:
                started = time.perf_counter()
                run = mlpkit.train(path, overrides=[f"seed={seed}"], folder=folder)
                seconds.append(time.perf_counter() - started)
            metric, value = next(iter(run.metrics["network"]["test"].items()))
            values.append(value)
            baselines.append(run.metrics["baseline"]["test"][metric])
        found[path.name] = {
            "metric": metric,
            "mean": round(float(np.mean(values)), 4),
            "std": round(float(np.std(values)), 4),
            "baseline_mean": round(float(np.mean(baselines)), 4),
            "seconds": round(float(np.median(seconds)), 1),
        }
        print(path.name, found[path.name], flush=True)
    result = {"seeds": seeds, "machine": machine(), "jobs": found}
    path = Path(__file__).parent / "results" / "configs.json"
    path.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
