"""What the default recipe could leave out for tables of few rows, and what that costs.

First fits of few rows are mostly tracing, and numeric embeddings and parametric
activations are a third of the operations. Here the recipe is beside itself without
them, with more weight decay, and beside scikit-learn's MLP, which learns from the
validation rows, too (or from the same rows). All are development tables: those of less
than 2,300 rows are split 60/20/20; "name@400" is 400 rows of a larger table, 3/4 of
them to train on, tested on up to 4,000 others, so that chance says less; those of
`contest/made.py` are functions without much noise. Ratios are to the default; seconds
are of the processor, and of first fits: no loop is shared.

    pip install -e ".[bench]"
    python benchmarks/few_rows.py --data FOLDER            # goes on where it stopped
    python benchmarks/few_rows.py --report --output benchmarks/results/few_rows.json
"""

import json
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from contest.job import Job, judge
from contest.made import MADE
from contest.ours import as_table
from contest.packaged import FEW_ROWS
from contest.report import pair, values, win_rate
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
_FEWER = {"numeric_embedding": None, "parametric_activation": False}
_DECAY = {"weight_decay": 0.1}
VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "fewer parts": {"model": _FEWER},
    "weight decay 0.1": {"training": _DECAY},
    "fewer parts, weight decay 0.1": {"model": _FEWER, "training": _DECAY},
}
PEERS = {"scikit-learn's MLP": "known", "scikit-learn's MLP, same rows": "train"}


def tables() -> list[str]:
    """Those of few rows, parts of larger ones, and functions."""
    few = [name for name in FEW_ROWS if name not in LARGER]
    return [*OWN, *few, *(f"{name}@{n}" for name in LARGER for n in PARTS), *MADE]


@lru_cache(maxsize=1)
def table_of(name: str, seed: int, folder: Path, most_rows: int) -> Table:
    """A table by name; of functions, rows of that seed."""
    if name not in MADE:
        return load(name.partition("@")[0], folder, most_rows or None)
    columns, y = MADE[name](100 + seed)
    x = pd.DataFrame(columns).add_prefix("x")
    return Table(name, "regression", x, y, 1, len(y))


def parts_of(table: Table, rows: int, seed: int) -> tuple[np.ndarray, ...]:
    """Train, validation and test rows; of some rows, if not 0."""
    if not rows:
        return split(table.task, table.target, seed + 1_000)
    order = np.random.default_rng(5_000 + seed).permutation(len(table.target))
    known, tested = order[:rows], order[rows : rows + TESTED]
    return known[rows // 4 :], known[: rows // 4], tested


def in_turn(table: Table, parts: tuple[np.ndarray, ...]) -> Any:
    """The rows of the parts, one after the other, each with its part's name."""
    rows = np.concatenate(parts)
    part = np.repeat(["train", "validation", "test"], [len(p) for p in parts])
    x = table.features.iloc[rows].reset_index(drop=True)
    return as_table(x, table.target[rows], part, table.task)


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


def line_of(name: str, seed: int, way: str, given: Any) -> dict:
    """The errors of a variant or peer on a table."""
    from mlpkit.training import engine

    table = table_of(name, seed, given.data, given.rows)
    parts = parts_of(table, int(name.partition("@")[2] or 0), seed)
    if way in PEERS:
        return of_peer(job_of(table, parts, seed, PEERS[way]))
    engine.clear()
    return measured(in_turn(table, parts), table.task, seed, VARIANTS[way])


def kind(line: dict) -> str:
    """What a line's table is."""
    if line["table"] in MADE:
        return "functions"
    return "parts of larger tables" if "@" in line["table"] else "tables of few rows"


def with_wins(rows: list[dict], lines: list[dict]) -> list[dict]:
    """The ratios, and on how many tables the default has the lower error."""
    errors = values(
        [{**x, "off": x.get("nrmse", x.get("error"))} for x in lines], "off"
    )
    for row in rows:
        own, default = pair(errors[row["variant"]], errors["default"])
        row["default wins"] = round(win_rate(default, own), 3)
    return rows


def main() -> None:
    ways = [*VARIANTS, *PEERS]
    options = parser("few_rows.jsonl", rows=0)
    options.description = __doc__.splitlines()[0]
    given = options.parse_args()
    names = given.tables.split(",") if given.tables else tables()
    keys = missing(names, given.splits, ways, read_lines(given.lines))
    for name, seed, way in [] if given.report else keys:
        line = line_of(name, seed, way, given)
        line = {k: round(float(v), 6) for k, v in line.items()}
        append(given.lines, {"table": name, "split": seed, "method": way, **line})
        print(name, seed, way, line, flush=True)
    found: dict[str, Any] = {}
    for line in read_lines(given.lines):
        found.setdefault(kind(line), []).append(line)
    for name, lines in found.items():
        found[name] = with_wins(report(lines, ways), lines)
        print(name, pd.DataFrame(found[name]).to_string(index=False), sep="\n")
    if given.output:
        found = {"machine": machine(), "ratio to the default": found}
        given.output.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
