"""The recipe "fast" beside the default: errors, seconds of first and of later fits.

And "fast" with one thing changed. On the development tables of `few_rows.py` and
`recipes.py`, at most 8,000 rows of each, split 60/20/20. All learn from the same rows
in turns in one process, which knows no network when a table's first split begins: there
the first fits trace (and compile) it. The second fits of the same rows do not, as those
of a grid search. Seconds are of the processor and of the clock.

    pip install -e ".[bench]"
    python benchmarks/fast.py --data FOLDER                # goes on where it stopped
    python benchmarks/fast.py --report --output benchmarks/results/fast.json
"""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import few_rows
import numpy as np
import pandas as pd
from contest.made import MADE
from contest.report import FEW_ROWS, pair, relative, times, values
from contest.runs import append, missing, read_lines
from contest.tables import HELD_APART, names
from machine import machine
from recipes import measured, parser


def _fast(**model: Any) -> dict[str, Any]:
    return {"recipe": "fast", "model": model}


WAYS: dict[str, dict[str, Any]] = {
    "default": {},
    "fast": {"recipe": "fast"},
    "fast, dropout 0.1": _fast(dropout=0.1),
    "fast, 96 wide": _fast(hidden=(96, 96)),
    "fast, 128 wide": _fast(hidden=(128, 128)),
    "fast, three layers": _fast(hidden=(64, 64, 64)),
    "fast, with embeddings": _fast(numeric_embedding="pbld"),
    "fast, patience 8": {"recipe": "fast", "training": {"patience": 8}},
    "fast, patience 16": {"recipe": "fast", "training": {"patience": 16}},
    "fast, 200 epochs": {"recipe": "fast", "training": {"epochs": 200}},
    "fast, no weight decay": {"recipe": "fast", "training": {"weight_decay": 0.0}},
    "fast, as it was": {
        **_fast(hidden=(128, 128), dropout=0.1),
        "training": {"weight_decay": 0.0, "patience": 10, "epochs": 64},
    },
}
ERRORS = ("nrmse", "error", "log_loss")
SECONDS = ("first", "first_clock", "later", "later_clock")


def tables(given: Any) -> list[str]:
    """Those asked for, or all of development."""
    if given.tables:
        return given.tables.split(",")
    few = [name for name in few_rows.tables() if "@" not in name]
    larger = [n for n in names(given.data) if n not in HELD_APART]
    return list(dict.fromkeys([*few, *few_rows.LARGER, *larger]))


def line_of(name: str, seed: int, way: str, given: Any) -> dict:
    """Errors on a table, and the seconds of two fits."""
    table = few_rows.table_of(name, seed, given.data, given.rows)
    parts = few_rows.parts_of(table, 0, seed)
    found = few_rows.in_turn(table, parts)
    line: dict[str, Any] = {"rows": len(parts[0])}
    for turn in ("first", "later"):
        line |= measured(found, table.task, seed, WAYS[way])
        line |= {turn: line.pop("seconds"), f"{turn}_clock": line.pop("clock")}
    return line


def kind(line: dict) -> str:
    """What a line's table is."""
    if line["table"] in MADE:
        return "functions"
    return "numbers" if "nrmse" in line else "classes"


def compared(lines: list[dict], way: str, chosen: Sequence[str]) -> dict[str, Any]:
    """Ratios to the default of some values: geometric mean over tables, and median."""
    row: dict[str, Any] = {}
    for name in chosen:
        cells = values(lines, name)
        if {way, "default"} <= set(cells):
            own, default = pair(cells[way], cells["default"])
            if not own:
                continue
            row["tables"] = len(own)
            if name in SECONDS:
                row[name] = round(times(own, default), 3)
            else:
                row[name] = round(relative(own, default), 3)
                row[f"{name}_median"] = round(relative(own, default, np.median), 3)
    return row


def errors(lines: list[dict]) -> list[dict]:
    """Of all ways, by kind of table."""
    return [
        {"way": way, "kind": group, **compared(own, way, ERRORS)}
        for group in ("numbers", "classes", "functions")
        for own in [[line for line in lines if kind(line) == group]]
        for way in WAYS
        if way != "default"
    ]


def seconds(lines: list[dict]) -> list[dict]:
    """Of "fast", by training rows."""
    bounds = [0, *FEW_ROWS, np.inf]
    found = []
    for low, below in [*pairwise(bounds), (0, np.inf)]:
        own = [x for x in lines if low <= x["rows"] < below]
        first = [x for x in own if x["split"] == 0]
        row = compared(first, "fast", SECONDS[:2]) | compared(own, "fast", SECONDS[2:])
        found.append({"rows": f"{low} to {below:g}", **row})
    return found


def main() -> None:
    options = parser("fast.jsonl", rows=8_000)
    options.description = __doc__.splitlines()[0]
    options.add_argument("--ways", help="some of them, delimited by '; '")
    given = options.parse_args()
    done = read_lines(given.lines)
    ways = given.ways.split("; ") if given.ways else list(WAYS)
    if unknown := set(ways) - set(WAYS):
        raise SystemExit(f"no such way: {unknown}; known: {'; '.join(WAYS)}")
    keys = missing(tables(given), given.splits, ways, done)
    before = None
    for name, seed, way in [] if given.report else keys:
        from mlpkit.training import engine

        if before != name:
            engine.clear()
        before = name
        line = line_of(name, seed, way, given)
        line = {k: round(float(v), 6) for k, v in line.items()}
        append(given.lines, {"table": name, "split": seed, "method": way, **line})
        print(name, seed, way, line, flush=True)
    lines = read_lines(given.lines)
    found = {"errors": errors(lines), "seconds": seconds(lines)}
    for rows in found.values():
        print(pd.DataFrame(rows).to_string(index=False))
    if given.output:
        told = {"machine": machine(), "ratio to the default": found}
        given.output.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
