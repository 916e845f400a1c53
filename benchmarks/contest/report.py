"""From the lines to ranks, win rates, relative errors and seconds.

A table counts by the mean over its splits, and only splits that both sides have.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

FEW_ROWS = (500, 1_000, 1_400)  # what a fit takes depends on them
SHIFT = 0.01  # of errors near 0, as Holzmüller et al. 2024 (arXiv 2407.04491)
Values = Mapping[str, Mapping[tuple[str, int], float]]


def values(lines: Iterable[dict], name: str) -> Values:
    """Method → (table, split) → the value of that name."""
    found: dict[str, dict[tuple[str, int], float]] = defaultdict(dict)
    for line in lines:
        if line.get(name) is not None:
            found[line["method"]][line["table"], line["split"]] = line[name]
    return dict(found)


def by_table(cells: Mapping[tuple[str, int], float], common: set) -> dict[str, float]:
    """Mean over the common splits of each table."""
    found = defaultdict(list)
    for cell in sorted(common):
        found[cell[0]].append(cells[cell])
    # equal means are equal whatever they are made of
    return {table: round(float(np.mean(v)), 12) for table, v in found.items()}


def pair(a: Mapping, b: Mapping) -> tuple[dict[str, float], dict[str, float]]:
    """Two methods' means by table, over the cells that both have."""
    common = set(a) & set(b)
    return by_table(a, common), by_table(b, common)


def ranks(found: Values) -> dict[str, float]:
    """Mean rank, 1 is best, over the tables of which all have the same splits.

    Equal errors share the mean of their ranks.
    """
    common = set.intersection(*(set(cells) for cells in found.values()))
    means = {m: by_table(cells, common) for m, cells in found.items()}
    tables = {table for table, _ in common}
    result: dict[str, list[float]] = {m: [] for m in means}
    for table in tables:
        for m, own in means.items():
            others = [means[o][table] for o in means]
            below = sum(v < own[table] for v in others)
            equal = sum(v == own[table] for v in others)
            result[m].append(below + (equal + 1) / 2)
    return {m: float(np.mean(r)) if r else math.nan for m, r in result.items()}


def win_rate(own: Mapping[str, float], peer: Mapping[str, float]) -> float:
    """Share of tables on which the own value is lower; a tie is half a win."""
    wins = [(own[t] < peer[t]) + (own[t] == peer[t]) / 2 for t in own]
    return float(np.mean(wins)) if wins else math.nan


def relative(
    own: Mapping[str, float], peer: Mapping[str, float], middle: Any = np.mean
) -> float:
    """Geometric mean (or median) over the tables of (own + 0.01) / (peer + 0.01)."""
    logs = [math.log((own[t] + SHIFT) / (peer[t] + SHIFT)) for t in own]
    return math.exp(float(middle(logs))) if logs else math.nan


def times(own: Mapping[str, float], peer: Mapping[str, float]) -> float:
    """Geometric mean over the tables of own / peer."""
    logs = [math.log(own[t] / peer[t]) for t in own]
    return math.exp(float(np.mean(logs))) if logs else math.nan


def fit_times_by_rows(lines: list[dict], method: str, reference: str) -> list[dict]:
    """Fit time : the reference's, by training rows: of the first split and of the next.

    One process fits all splits of a table: a network of the same architecture as the
    one before compiles nothing anew.
    """
    seconds = values(lines, "fit_seconds")
    own, base = seconds.get(method, {}), seconds.get(reference, {})
    rows = values(lines, "fitted_rows").get(method, {})
    found = []
    for low, high in zip((0, *FEW_ROWS), (*FEW_ROWS, math.inf), strict=True):
        cells = [c for c in set(own) & set(base) if low <= rows[c] < high]
        row: dict[str, Any] = {"training rows from": low}
        for name, first in (("first split", True), ("next splits", False)):
            chosen = [c for c in cells if (c[1] == 0) == first]
            ratio = times({c: own[c] for c in chosen}, base) if chosen else None
            row[name] = ratio and round(ratio, 3)
        found.append({**row, "tables": len({table for table, _ in cells})})
    return found


def with_cpu_seconds(lines: Iterable[dict]) -> list[dict]:
    """Seconds of the processor, which a busy machine disturbs less."""
    lines = [dict(line) for line in lines]
    for line in lines:
        if "fit_seconds" in line:
            line["fit_seconds"] *= line["cpu_share"]
    return lines


def summary(lines: list[dict], methods: list[str], reference: str) -> list[dict]:
    """A row per method; ratios are the method's to the reference's."""
    lines = [line for line in lines if line["method"] in methods]
    thousand = [
        {
            **line,
            "fit": line["fit_seconds"] / line["fitted_rows"] * 1000,
            "predict": line["predict_seconds"] / line["test_rows"] * 1000,
        }
        for line in lines
        if "error" in line
    ]
    errors, losses = values(thousand, "error"), values(thousand, "log_loss")
    fits, predicts = values(thousand, "fit_seconds"), values(thousand, "predict")
    per_thousand = values(thousand, "fit")
    methods = [m for m in methods if m in errors]
    rank = ranks({m: errors[m] for m in methods}) if methods else {}
    named = {m: losses[m] for m in methods if m in losses}
    loss_rank = ranks(named) if named else {}
    rows = []
    for m in methods:
        own, base = pair(errors[m], errors.get(reference, {}))
        spent, base_spent = pair(fits[m], fits.get(reference, {}))
        rows.append(
            {
                "method": m,
                "tables": len({t for t, _ in errors[m]}),
                "rank": rank[m],
                "log_loss_rank": loss_rank.get(m, math.nan),
                "relative_error": relative(own, base),
                "median_error": relative(own, base, np.median),
                "reference_wins": win_rate(base, own),
                "fit_times": times(spent, base_spent),
                "fit_seconds_per_1000": float(np.median([*per_thousand[m].values()])),
                "predict_seconds_per_1000": float(np.median([*predicts[m].values()])),
                "failed": sum("failed" in x for x in lines if x["method"] == m),
            }
        )
    return sorted(rows, key=lambda row: row["rank"])


def ranked_tables(lines: list[dict], methods: list[str]) -> int:
    """Number of tables that count in the ranks."""
    found = values(lines, "error")
    cells = [set(found[m]) for m in methods if m in found]
    return len({table for table, _ in set.intersection(*cells)}) if cells else 0


def table_of(rows: list[dict], reference: str) -> str:
    """The summary as a Markdown table."""
    heads = (
        "method", "tables", "mean rank", "rank by log loss", f"error : {reference}",
        "median", f"{reference} wins", f"fit time : {reference}", "fit s/1,000 rows",
        "predict s/1,000 rows", "failed",
    )  # fmt: skip
    text = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for row in rows:
        cells = (
            row["method"], str(row["tables"]), f"{row['rank']:.2f}",
            f"{row['log_loss_rank']:.2f}", f"{row['relative_error']:.3f}",
            f"{row['median_error']:.3f}",
            f"{row['reference_wins']:.0%}" if row["method"] != reference else "",
            f"{row['fit_times']:.2f}", f"{row['fit_seconds_per_1000']:.2f}",
            f"{row['predict_seconds_per_1000']:.4f}", str(row["failed"]),
        )  # fmt: skip
        text.append(
            "| " + " | ".join(cells).replace("nan%", "").replace("nan", "") + " |"
        )
    return "\n".join(text)


def errors_by_table(lines: list[dict], methods: list[str]) -> dict[str, dict]:
    """Table → method → mean error over the splits there are."""
    found = values([x for x in lines if x["method"] in methods], "error")
    result: dict[str, dict[str, float]] = defaultdict(dict)
    for method in methods:
        cells = found.get(method, {})
        for table, error in by_table(cells, set(cells)).items():
            result[table][method] = round(error, 5)
    return dict(sorted(result.items()))
