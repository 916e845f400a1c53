"""What each setting of the default recipe is worth: the recipe with one thing changed.

Only the development tables of `contest/tables.py` are used, those of `contest/made.py`,
and of the former no row that `benchmarks/accuracy.py` tests on with the same seed: the
other 80 % are split again 60/20/20. One process trains all variants, so that networks
of one architecture share their compiled loop; seconds are of the processor, the first
compile of each included.

    pip install -e ".[bench]"
    python benchmarks/recipes.py --data FOLDER            # goes on where it stopped
    python benchmarks/recipes.py --report --output benchmarks/results/recipes.json
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from contest.job import make_job
from contest.made import MADE
from contest.ours import PART, TARGET, as_table
from contest.report import pair, relative, values
from contest.runs import append, missing, read_lines
from contest.splits import split
from contest.tables import HELD_APART, load, names
from contest.variants import VARIANTS
from machine import machine

HERE = Path(__file__).parent
MEASURES = ("nrmse", "error", "log_loss", "seconds")


def rows_of(name: str, seed: int, folder: Path, most_rows: int) -> tuple[Any, str]:
    """A table with the part of each row, and its task."""
    if name in MADE:
        columns, y = MADE[name](100 + seed)
        task, x = "regression", pd.DataFrame(columns).add_prefix("x")
    else:
        job = make_job(load(name, folder, most_rows), seed, 0, "known")
        task, (x, y) = job.task, job.learn_from
    parts = split(task, y, seed + 1_000)
    part = np.empty(len(x), object)
    for rows, called in zip(parts, ("train", "validation", "test"), strict=True):
        part[rows] = called
    return as_table(x, y, part, task), task


def job_of(task: str, seed: int, targets: list[str], settings: dict) -> dict:
    """The configuration of a variant."""
    if task in {"regression", "multilabel"} and "training" in settings:
        training = dict(settings["training"])
        training.pop("label_smoothing", None)  # there is nothing to smooth
        settings = {**settings, "training": training}
    return {
        "seed": seed + 1,
        "recipe": "default",
        "data": {"target": targets, "task": task},
        "split": {"column": PART},
        **settings,
    }


def measured(table: Any, task: str, seed: int, settings: dict[str, Any]) -> dict:
    """Train a variant; errors on the rows that it has not seen."""
    from mlpkit.config import load_config
    from mlpkit.runs import by_recipe, prepare, train_network
    from mlpkit.runs.measured import measure, settled_answers

    targets = [c for c in table.column_names if c.startswith(TARGET)]
    job = job_of(task, seed, targets, settings)
    prepared = by_recipe(prepare(load_config(job), table))
    start, clock = time.process_time(), time.perf_counter()
    model, history = train_network(
        prepared, prepared.config.model, prepared.config.training, label="variant"
    )
    seconds, clock = time.process_time() - start, time.perf_counter() - clock
    answers, _ = settled_answers(prepared, model, None)
    found = measure(prepared, answers, None)["test"]
    line = {"seconds": seconds, "clock": clock, "epochs": len(history.epoch)}
    if task == "regression":
        spread = float(np.std(prepared.y[prepared.split.train]))
        return {**line, "nrmse": found["rmse"] / spread}
    return {**line, "error": 1 - found["accuracy"], "log_loss": found["log_loss"]}


def report(lines: list[dict], variants: list[str]) -> list[dict]:
    """Ratios to the default, a row for each variant."""
    found = []
    for variant in variants:
        row: dict[str, Any] = {"variant": variant}
        for name in MEASURES:
            cells = values(lines, name)
            if variant in cells and "default" in cells:
                own, base = pair(cells[variant], cells["default"])
                if not own:
                    continue  # no table in common
                row[name] = round(relative(own, base), 4)
                counts = name in {"nrmse", "error"}  # a table has one of them
                row["tables"] = row.get("tables", 0) + counts * len(own)
        found.append(row)
    return found


def parser(lines: str, *, rows: int) -> argparse.ArgumentParser:
    """Options of a comparison on the development tables."""
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, default=HERE.parents[1] / "shared/data")
    options.add_argument("--tables", help="some, by name; else all of development")
    options.add_argument("--splits", type=int, default=3)
    options.add_argument("--rows", type=int, default=rows, help="at most, per table")
    options.add_argument("--lines", type=Path, default=HERE / "results" / lines)
    options.add_argument("--report", action="store_true", help="run nothing")
    options.add_argument("--output", type=Path, help="JSON")
    return options


def tables_of(given: argparse.Namespace) -> list[str]:
    """The tables asked for."""
    if given.tables:
        return given.tables.split(",")
    return [*MADE, *(n for n in names(given.data) if n not in HELD_APART)]


def told(given: argparse.Namespace, variants: list[str]) -> None:
    """Print the ratios; write them with the machine."""
    rows = report(read_lines(given.lines), variants)
    print(pd.DataFrame(rows).to_string(index=False))
    if given.output:
        found = {"machine": machine(), "ratio to the default": rows}
        given.output.write_text(json.dumps(found, indent=1) + "\n")


def main() -> None:
    options = parser("recipes.jsonl", rows=4_000)
    options.description = __doc__.splitlines()[0]
    options.add_argument("--variants", help=f"some of {','.join(VARIANTS)}")
    given = options.parse_args()
    variants = given.variants.split(",") if given.variants else list(VARIANTS)
    done = read_lines(given.lines)
    keys = missing(tables_of(given), given.splits, variants, done)
    last: tuple[Any, Any] = (None, None)
    for name, seed, variant in [] if given.report else keys:
        if last[0] != (name, seed):
            last = (name, seed), rows_of(name, seed, given.data, given.rows)
        line = measured(*last[1], seed, VARIANTS[variant])
        append(given.lines, {"table": name, "split": seed, "method": variant, **line})
        print(
            name, seed, variant, {k: round(v, 4) for k, v in line.items()}, flush=True
        )
    told(given, variants)


if __name__ == "__main__":
    main()
