"""Seconds of the estimators on 1,000 rows × 20 columns, beside scikit-learn's MLP.

In turns: every turn has other rows. The first fit traces and compiles a network, later
fits of the same architecture use what it compiled; predictions are of all rows, after
a first one. Seconds are medians; a ratio is of the same turn.

    python benchmarks/estimators.py
"""

import argparse
import json
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from sklearn import neural_network
from sklearn.datasets import make_classification, make_regression

HERE = Path(__file__).parent
ROWS, COLUMNS = 1_000, 20
RECIPES = ("default", "fast")
PEER = "scikit-learn"
MAKERS: dict[str, Callable[..., Any]] = {
    "MLPClassifier": make_classification,
    "MLPRegressor": make_regression,
}


def estimators(kind: str, seed: int) -> dict[str, Any]:
    """Ours by recipe, and scikit-learn's."""
    import mlpkit

    ours = getattr(mlpkit, kind)
    found = {name: ours(recipe=name, random_state=seed) for name in RECIPES}
    return found | {PEER: getattr(neural_network, kind)(random_state=seed)}


def seconds(call: Callable[[], Any]) -> float:
    """Of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def measure(kind: str, turns: int) -> list[dict]:
    """A row for each estimator, its fits in turns with the others'."""
    fits: dict[str, list[float]] = {}
    answers: dict[str, list[float]] = {}
    for turn in range(turns + 1):
        x, y = MAKERS[kind](n_samples=ROWS, n_features=COLUMNS, random_state=turn)
        for name, estimator in estimators(kind, turn).items():
            fit = seconds(lambda e=estimator, x=x, y=y: e.fit(x, y))
            fits.setdefault(name, []).append(fit)
            estimator.predict(x)
            answer = seconds(lambda e=estimator, x=x: e.predict(x))
            answers.setdefault(name, []).append(answer)
    peer = np.array(fits[PEER][1:])
    return [
        {
            "estimator": kind,
            "by": name,
            "first_fit_s": round(of[0], 2),
            "later_fit_s": round(float(np.median(of[1:])), 2),
            "later_fit : scikit-learn's": round(float(np.median(of[1:] / peer)), 2),
            "predict_s": round(float(np.median(answers[name])), 4),
        }
        for name, of in fits.items()
    ]


def main() -> None:
    """Run, print, write the results."""
    import pandas as pd

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument(
        "--output", type=Path, default=HERE / "results" / "estimators.json"
    )
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # scikit-learn's of epochs that were not enough
    rows = [row for kind in MAKERS for row in measure(kind, given.turns)]
    print(pd.DataFrame(rows).to_string(index=False))
    from machine import machine

    result = {"machine": machine(), "rows": ROWS, "columns": COLUMNS, "figures": rows}
    given.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
