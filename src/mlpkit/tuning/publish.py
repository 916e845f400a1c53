"""What people get of a search, written while it runs and at its end."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlpkit.tuning import journal
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import (
    Mixture,
    Objective,
    Parameter,
    objectives_of,
    parameters_of,
    write_results,
)

_LEAST_SECONDS = 60.0  # between two writings
_SHARE = 0.02  # of the search's time that they may take

Also = Callable[[list[TrialRecord]], None]


class Publisher:
    """Writes the tables, the report and TensorBoard's files of a search.

    `watch` takes each record and writes after a trial that ends: at most once a minute,
    and so rarely that it costs 2 % of the time. `write` writes at once.

    Args:
        folder: Of the search.
        oracle: Of the search: it knows the space, the objective and the clock.
        also: Called with all records at each writing.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        folder: Path,
        oracle: Any,
        *,
        also: Also = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.also = also
        self._folder = folder
        self._oracle = oracle
        self._clock = clock
        self._next = clock() + _LEAST_SECONDS

    @property
    def told(self) -> tuple[list[Parameter], list[Objective]]:
        """The space and the objectives, as the results take them."""
        space, objective = self._oracle.get_space(), self._oracle.objective
        return parameters_of(space), objectives_of(objective)

    def watch(self, record: TrialRecord) -> None:
        """Write, if the trial has ended and the time has come."""
        if record.status != "running" and self._clock() >= self._next:
            self.write()

    def write(self, mixture: Mixture | None = None) -> None:
        """Write the results, if there are trials.

        Args:
            mixture: Ensemble of the best trials, for the report.

        Raises:
            OutputError: A file cannot be written.
        """
        started = self._clock()
        records = journal.read(self._folder)
        if records:
            began = time.time() - self._oracle.budget.spent
            write_results(
                self._folder,
                records,
                *self.told,
                title=self._folder.name,
                began=began,
                mixture=mixture,
            )
            self.also(records)
        ended = self._clock()
        self._next = ended + max(_LEAST_SECONDS, (ended - started) / _SHARE)
