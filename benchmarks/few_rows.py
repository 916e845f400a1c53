"""What the default recipe leaves out for tables of few rows, and what that costs.

Below 500 training rows weights decay more, and numbers are learned without embeddings
and parametric activations. Here it is beside what more rows get, and the other way
round, on development tables: those of less than 2,300 rows are split
60/20/20; "name@400" is 400 rows of a larger table, 3/4 of them to train on, tested on
up to 4,000 others, so that chance says less. Ratios are to the default; seconds are of
the processor, and of first fits: no loop is shared.

    pip install -e ".[bench]"
    python benchmarks/few_rows.py --data FOLDER            # goes on where it stopped
    python benchmarks/few_rows.py --report --output benchmarks/results/few_rows.json
"""

import json
import time
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from contest.job import Job, judge
from contest.ours import as_table
from contest.packaged import FEW_ROWS
from contest.runs import append, missing, read_lines
from contest.scikit import mlp
from contest.splits import split
from contest.tables import Table, load
from machine import machine
from recipes import measured, parser, report

OWN = ("hitters", "penguins", "auto_mpg", "house_votes", "diabetes", "breast_cancer")
LARGER = ("diamonds", "lending", "loans", "nmes", "segment", "slid", "wachurn", "wvs")
PARTS = (200, 400, 600)
TESTED = 4_000
_PBLD = {"numeric_embedding": {"name": "pbld"}}
_AS_MORE = {
    "model": {**_PBLD, "parametric_activation": True},
    "training": {"weight_decay": 0.02},
}
_PLAIN = {"numeric_embedding": None, "parametric_activation": False}
_AS_FEW = {"training": {"weight_decay": 0.1}}  # and numbers _PLAIN
LIMIT = 500
VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "as with more rows": _AS_MORE,
    "as with fewer rows": _AS_FEW,
    "with embedding": {"model": _PBLD},
    "without embedding": {"model": {"numeric_embedding": None}},
    "less weight decay": {"training": {"weight_decay": 0.02}},
}
PEERS = {"scikit-learn's MLP": "known", "scikit-learn's MLP, same rows": "train"}


def tables() -> list[str]:
    """Those of few rows, and parts of larger ones."""
    few = [name for name in FEW_ROWS if name not in LARGER]
    return [*OWN, *few, *(f"{name}@{n}" for name in LARGER for n in PARTS)]


load = lru_cache(maxsize=1)(load)


def parts_of(table: Table, rows: int, seed: int) -> tuple[np.ndarray, ...]:
    """Train, validation and test rows; of some rows, if not 0."""
    if not rows:
        return split(table.task, table.target, seed + 1_000)
    order = np.random.default_rng(5_000 + seed).permutation(len(table.target))
    known, tested = order[:rows], order[rows : rows + TESTED]
    return known[rows // 4 :], known[: rows // 4], tested


def job_of(table: Table, parts: tuple[np.ndarray, ...], seed: int, rows: str) -> Job:
    """What scikit-learn's MLP is given."""
    x = [table.features.iloc[p].reset_index(drop=True) for p in parts]
    y = [table.target[p] for p in parts]
    pairs = [v for pair in zip(x, y, strict=True) for v in pair]
    spread = float(np.std(y[0])) if table.task == "regression" else 1.0
    return Job(table.task, table.classes, *pairs, seed, 1, rows, spread)


def of_peer(job: Job) -> dict:
    """Errors and seconds of scikit-learn's MLP."""
    start = time.process_time()
    predict = mlp(job)
    seconds = time.process_time() - start
    found = judge(job, predict(job.x_test))
    if job.task == "regression":
        return {"seconds": seconds, "nrmse": found["error"]}
    return {"seconds": seconds, **found}


def line_of(name: str, seed: int, way: str, folder: Any) -> dict:
    """The errors of a variant or peer on a table."""
    from mlpkit.training import engine

    called, _, rows = name.partition("@")
    table = load(called, folder, None)
    parts = parts_of(table, int(rows or 0), seed)
    if way in PEERS:
        line = of_peer(job_of(table, parts, seed, PEERS[way]))
        return {**line, "rows": len(parts[0])}
    part = np.repeat(["train", "validation", "test"], [len(p) for p in parts])
    rows_in_turn = np.concatenate(parts)
    x = table.features.iloc[rows_in_turn].reset_index(drop=True)
    found = as_table(x, table.target[rows_in_turn], part, table.task)
    engine.clear()
    settings = VARIANTS[way]
    if settings is _AS_FEW and table.task == "regression":
        settings = {**settings, "model": _PLAIN}
    line = measured(found, table.task, seed, settings)
    return {**line, "rows": len(parts[0])}


def main() -> None:
    ways = [*VARIANTS, *PEERS]
    options = parser("few_rows.jsonl", rows=0)
    options.description = __doc__.splitlines()[0]
    given = options.parse_args()
    names = given.tables.split(",") if given.tables else tables()
    keys = missing(names, given.splits, ways, read_lines(given.lines))
    for name, seed, way in [] if given.report else keys:
        line = line_of(name, seed, way, given.data)
        line = {k: round(float(v), 6) for k, v in line.items()}
        append(given.lines, {"table": name, "split": seed, "method": way, **line})
        print(name, seed, way, line, flush=True)
    lines = read_lines(given.lines)
    found: dict[str, Any] = {}
    for heading, few in (("fewer than", True), ("from", False)):
        chosen = [x for x in lines if (x["rows"] < LIMIT) == few]
        found[f"{heading} {LIMIT} rows"] = rows = report(chosen, ways)
        print(
            f"{heading} {LIMIT} rows",
            pd.DataFrame(rows).to_string(index=False),
            sep="\n",
        )
    if given.output:
        found = {"machine": machine(), "ratio to the default": found}
        given.output.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
