"""What is shown while a search runs."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from mlpkit.config import spoken
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.objective import Objective, front, ranked, reached
from mlpkit.tuning.results.parameter import Parameter, covering, label

_COLOURS = {"running": "cyan", "stopped": "yellow", "failed": "red", "invalid": "red"}


def live_table(
    records: Sequence[TrialRecord],
    parameters: Iterable[Parameter],
    objectives: Sequence[Objective],
    *,
    elapsed: float,
    trials: int | None = None,
    time_limit: float | None = None,
    rows: int = 10,
    columns: int = 6,
) -> Table:
    """Return the best trials as a table for `rich`, with how far the search is.

    Args:
        records: Trials so far.
        parameters: Of the space; the first ones are shown.
        objectives: Of the search.
        elapsed: Seconds since it began.
        trials: That it is to run; None: no limit.
        time_limit: Seconds that it may take; None: no limit.
        rows: Best trials to show.
        columns: Hyperparameters to show.
    """
    shown = covering(parameters, records)[:columns]
    several = len(objectives) > 1
    table = Table(
        title=_title(records, elapsed, trials, time_limit), title_justify="left"
    )
    table.add_column("trial", justify="right")
    for objective in objectives:
        table.add_column(escape(objective.name), justify="right")
    if several:
        table.add_column("front")
    for parameter in shown:
        table.add_column(escape(parameter.name), justify="right")
    table.add_column("epochs", justify="right")
    table.add_column("time", justify="right")
    table.add_column("status")
    best_in = {id(r) for r in front(records, objectives)} if several else set()
    scored = [r for r in records if None not in reached(r, objectives)]
    running = [r for r in records if r.status == "running"]
    for i, record in enumerate([*ranked(scored, objectives)[:rows], *running]):
        cells = [str(record.number)]
        cells += [_number(value) for value in reached(record, objectives)]
        if several:
            cells.append("yes" if id(record) in best_in else "")
        cells += [_cell(parameter.name, record) for parameter in shown]
        cells += [str(record.epochs), spoken(record.seconds), record.status]
        best = bool(scored) and i == 0
        table.add_row(*cells, style="bold" if best else _COLOURS.get(record.status))
    return table


def time_left(
    records: Sequence[TrialRecord],
    *,
    elapsed: float,
    trials: int | None = None,
    time_limit: float | None = None,
) -> float | None:
    """Return the seconds that a search still takes; None where nobody can know.

    min(time_limit - elapsed, elapsed / ended · (trials - ended)): trials to come take
    as long as those before, by the clock, so workers side by side are counted in.

    Args:
        records: Trials so far.
        elapsed: Seconds since it began.
        trials: That it is to run; None: no limit.
        time_limit: Seconds that it may take; None: no limit.

    >>> ended = [TrialRecord("a", 1, "failed", {}, 0)]
    >>> time_left(ended, elapsed=5.0, trials=4), time_left(ended, elapsed=5.0)
    (15.0, None)
    """
    ends = []
    if time_limit is not None:
        ends.append(max(0.0, time_limit - elapsed))
    ended = sum(record.status != "running" for record in records)
    if trials is not None and ended:
        ends.append(elapsed / ended * max(0, trials - ended))
    return min(ends) if ends else None


def _title(
    records: Sequence[TrialRecord],
    elapsed: float,
    trials: int | None,
    time_limit: float | None,
) -> str:
    counts = Counter(record.status for record in records)
    ended = len(records) - counts["running"]
    parts = [f"{ended}/{trials} trials" if trials is not None else f"{ended} trials"]
    parts += [
        f"{counts[status]} {status}"
        for status in ("running", "stopped", "invalid", "failed")
        if counts[status]
    ]
    parts.append(spoken(elapsed))
    left = time_left(records, elapsed=elapsed, trials=trials, time_limit=time_limit)
    if left is not None:
        parts.append(f"{spoken(left)} left")
    return " · ".join(parts)


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.5g}"


def _cell(name: str, record: TrialRecord) -> Any:
    return escape(label(record.values[name])) if name in record.values else "–"
