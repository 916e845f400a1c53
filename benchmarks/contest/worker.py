"""A process that fits one method, a table and split per line, and says how it went.

Before it measures, it fits a tiny table, so that imports are not counted.
"""

import json
import os
import sys
import time
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd
from contest.job import Job, judge, make_job
from contest.methods import METHODS, Method
from contest.tables import load, make

load = lru_cache(maxsize=1)(load)
_PACKAGES = {"ours": "mlpkit", "realmlp": "pytabkit", "scikit": "scikit-learn"}
_TREES = {"lightgbm": "lightgbm", "catboost": "catboost", "histogram": "scikit-learn"}


def run(method: Method, job: Job) -> dict:
    """Fit, predict the test rows twice, judge."""
    fit = getattr(import_module(f"contest.{method.module}"), method.function)
    start, used = time.perf_counter(), time.process_time()
    found = fit(job, **method.settings)
    seconds = time.perf_counter() - start
    used = time.process_time() - used
    predict, fit_seconds = found if isinstance(found, tuple) else (found, seconds)
    times = []
    for _ in range(2):
        start = time.perf_counter()
        answers = predict(job.x_test)
        times.append(time.perf_counter() - start)
    return {
        **judge(job, answers),
        "fit_seconds": round(fit_seconds, 4),
        "cpu_share": round(used / seconds, 3),  # below 1: the machine was busy
        "predict_seconds": round(min(times), 5),
        "fitted_rows": len(job.x_train)
        + len(job.x_validation) * (method.rows == "known"),
        "test_rows": len(job.x_test),
    }


def package(method: Method) -> str:
    name = _PACKAGES.get(method.module) or _TREES[method.function]
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


def warm_up(method: Method) -> None:
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(generator.normal(size=(60, 3)), columns=list("abc"))
    frame["y"] = np.where(frame["a"] > 0, "yes", "no")
    run(
        method,
        make_job(make("tiny", "binary", frame, ["y"]), 0, method.threads, method.rows),
    )


def answer(method: Method, asked: dict, *, name: str) -> dict:
    table = load(asked["table"], Path(asked["folder"]), asked["most_rows"])
    job = make_job(table, asked["split"], method.threads, method.rows)
    line = {
        "table": table.name,
        "split": asked["split"],
        "method": name,
        "task": table.task,
        "held_apart": table.held_apart,
        "rows": len(table.target),
        "rows_found": table.rows_found,
        "columns": table.features.shape[1],
        "threads": method.threads or "library's own",
        "package": package(method),
    }
    try:
        return {**line, **run(method, job)}
    except NotImplementedError as error:
        return {**line, "refused": str(error)}
    except Exception as error:  # noqa: BLE001 - a peer may fail in any way; it is told
        return {**line, "failed": f"{type(error).__name__}: {error}"[:300]}


def main() -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes to the log
    name = sys.argv[1]
    method = replace(METHODS[name], threads=int(sys.argv[2]))
    warm_up(method)
    for text in sys.stdin:
        print(json.dumps(answer(method, json.loads(text), name=name)), file=out)
        out.flush()


if __name__ == "__main__":
    main()
