"""The trials as they come, on a terminal."""

from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import (
    Objective,
    Parameter,
    live_table,
    objectives_of,
    parameters_of,
)


class SearchProgress:
    """Shows the best trials and the time left; `watch` takes each record.

    Args:
        console: Where to; standard output if left. Where that is no terminal the table
            is shown once, at the end.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._records: dict[str, TrialRecord] = {}
        self._console = console or Console()
        self._live: Live
        self._oracle: Any
        self._told: tuple[list[Parameter], list[Objective]]

    def open(self, oracle: Any, records: list[TrialRecord]) -> None:
        """Begin, with what is known from earlier runs of the search."""
        self._oracle = oracle
        self._records = {r.trial: r for r in records if r.status != "running"}
        self._learn()
        self._live = Live(
            console=self._console,
            get_renderable=self._table,
            auto_refresh=self._console.is_terminal,  # the time goes on between trials
            refresh_per_second=1,
        )
        self._live.start()

    def close(self) -> None:
        """End; the last table stays."""
        self._live.stop()

    def watch(self, record: TrialRecord) -> None:
        """Show a trial that starts or ends."""
        self._records[record.trial] = record
        self._learn()
        if self._console.is_terminal:
            self._live.refresh()

    def _learn(self) -> None:
        # not while it is drawn: that is another thread, and a build may add to a space
        space, objective = self._oracle.get_space(), self._oracle.objective
        self._told = parameters_of(space), objectives_of(objective)

    def _table(self) -> Table:
        return live_table(
            list(self._records.values()),
            *self._told,
            elapsed=self._oracle.budget.spent,
            trials=self._oracle.max_trials,
            time_limit=self._oracle.budget.total,
        )
