"""The trials as they come, on a terminal."""

from typing import Any

from rich.console import Console
from rich.live import Live

from mlpkit.tuning.parameters import objectives_of, parameters_of
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import live_table


class SearchProgress:
    """Shows the best trials and the time left; `watch` takes each record.

    Args:
        console: Where to; standard output if left. Where that is no terminal the table
            is shown once, at the end.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._records: dict[str, TrialRecord] = {}
        self._live = Live(console=console or Console(), auto_refresh=False)
        self._oracle: Any = None

    def open(self, oracle: Any, records: list[TrialRecord]) -> None:
        """Begin, with what is known from earlier runs of the search."""
        self._oracle = oracle
        self._records = {r.trial: r for r in records if r.status != "running"}
        self._live.start()

    def close(self) -> None:
        """End; the last table stays."""
        self._live.stop()

    def watch(self, record: TrialRecord) -> None:
        """Show a trial that starts or ends."""
        self._records[record.trial] = record
        oracle = self._oracle
        table = live_table(
            list(self._records.values()),
            parameters_of(oracle.get_space()),
            objectives_of(oracle.objective),
            elapsed=oracle.budget.spent,
            trials=oracle.max_trials,
            time_limit=oracle.budget.total,
        )
        self._live.update(table, refresh=self._live.console.is_terminal)
