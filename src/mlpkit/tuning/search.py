"""`tune`: search the settings of a job; the best ones as a configuration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from mlpkit.config import Config, load_config
from mlpkit.errors import DataError, UsageError
from mlpkit.runs import Prepared, Run
from mlpkit.runs.folder import ensure_writable
from mlpkit.runs.prepare import default_name
from mlpkit.tuning import journal
from mlpkit.tuning.best import best_of, config_of, write_best
from mlpkit.tuning.ensembling import ensemble_run
from mlpkit.tuning.outcome import Outcome
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import ranked, trial_table
from mlpkit.tuning.setup import Report, prepare_search, search_id, tuner_of
from mlpkit.tuning.tuner import Tuner
from mlpkit.tuning.workers import crew_of

_ENDING = "-search"


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Attributes:
        path: Folder with ``report.html``, the tables, ``tensorboard/``, and the best
            trial for `train`: ``best.toml``, and ``final.toml`` for every row.
        best_config: The configuration of the best trial; None where none has finished.
        records: All trials, in the order of their starts.
        tuner: For `keras_tuner`'s ``get_best_models`` and the like.
    """

    path: Path
    best_config: Config | None
    records: list[TrialRecord]
    tuner: Tuner
    _prepared: Prepared = field(repr=False)

    @property
    def trials(self) -> pa.Table:
        """One row per trial, the best first: see `results.trial_table`."""
        return trial_table(self.records, *self.tuner.publisher.told)

    @property
    def report(self) -> Path:
        """The report's file."""
        return self.path / "report.html"

    def ensemble(
        self, best: int | None = None, *, report: Report = lambda _: None
    ) -> Run:
        """Return the weighted mean of the best trials as a run, which it saves.

        Weights are chosen on the validation rows by greedy selection (Caruana et al.
        2004): see `greedy_weights`. The run answers, is exported and served as any
        other; ``run.metrics["ensemble"]`` tells its members, and so does the report.

        Args:
            best: Trials to choose from; all whose weights are kept if left.
            report: Called with what it brought.

        Raises:
            UsageError: A search by folds: no row is new to all of its networks.
            DataError: No trial's weights are kept.
        """
        objectives = self.tuner.publisher.told[1]
        if self.best_config is None:
            msg = f"{self.path}: an ensemble needs a trial that has finished"
            raise DataError(msg)
        name, _, digits = self.path.name.removesuffix(_ENDING).rpartition("-")
        asked = best in {None, self._prepared.config.search.ensemble}
        of = "" if asked else f"_of_{best}"  # beside the one that was asked for
        run, mixture = ensemble_run(
            self.tuner,
            self._prepared,
            ranked(self.records, objectives)[:best],
            self.best_config,
            self.path.with_name(f"{name}_ensemble{of}-{digits}"),
        )
        self.tuner.publisher.write(mixture)
        report(f"ensemble: {mixture.told}")
        report(f"run: {run.path}")
        return run


def tune(
    config: Config | Mapping[str, Any] | str | Path,
    *,
    data: Any = None,
    overrides: Iterable[str] = (),
    folder: str | Path = "runs",
    workers: int | None = None,
    progress: bool = False,
    report: Report = lambda _: None,
) -> SearchResult:
    """Search the space of the configuration's `[search]` for the best objective.

    A search that was killed, at any moment, goes on when it is started again; with more
    trials or time it is carried further. Ctrl-C ends it with what it has found so far.

    Args:
        config: TOML file, mapping or `Config`.
        data: A table in memory instead of ``data.path``.
        overrides: ``"key=value"`` settings.
        folder: ``<folder>/<name>-<id>-search/`` holds everything.
        workers: Processes of this machine that train, this one leads them; None: it
            trains itself, or is what KerasTuner's environment variables say.
        progress: Show the best trials and the time left.
        report: Called with a line per trial.

    Raises:
        UsageError, DataError, OutputError: As `train`; a value of the space that cannot
            be, or an objective that is no metric.
        WorkerError: No worker is left; or, in one, its chief is gone.
    """
    config = load_config(config, overrides)
    prepared = prepare_search(config, data)
    name = f"{default_name(config, data)}-{search_id(prepared)}{_ENDING}"
    ensure_writable(Path(folder))
    tuner = tuner_of(prepared, Path(folder), name, report)
    if not tuner.is_worker:
        for note in prepared.notes:
            report(note)
    tuner.publisher.also = partial(write_best, tuner, prepared)
    if workers is not None:
        tuner.crew = crew_of(workers, config, data, tuner.folder)
    interrupted = False
    try:
        tuner.search(verbose=int(progress))
    except KeyboardInterrupt:
        interrupted = True
        report("interrupted: the same search goes on when it is started again")
    if tuner.is_worker:  # the chief writes the results
        return SearchResult(tuner.folder, None, [], tuner, prepared)
    result = _result(tuner, prepared, report)
    wanted = config.search.ensemble
    if wanted is not None and result.best_config is not None and not interrupted:
        result.ensemble(wanted, report=report)
    return result


def replay(folder: str | Path, trial: str, *, data: Any = None) -> Outcome:
    """Train one trial of a search again, alone, to the same bits.

    Args:
        folder: Of the search.
        trial: Its name, as in the records.
        data: The table, where it was given in memory.

    Returns:
        Its curves, and the model with the weights of its best epoch.

    Raises:
        UsageError: There is no such search or trial, or the data are others.
    """
    folder = Path(folder)
    if not (folder / "job.toml").is_file():
        msg = f"{folder}: must be the folder of a search, it holds no job.toml"
        raise UsageError(msg)
    prepared = prepare_search(load_config(folder / "job.toml"), data)
    return tuner_of(prepared, folder.parent, folder.name).replay(trial)


def _result(tuner: Tuner, prepared: Prepared, report: Report) -> SearchResult:
    records = journal.read(tuner.folder, report)
    best = best_of(records, tuner.publisher.told[1])
    if best is None:
        reasons = "; ".join(dict.fromkeys(r.message for r in records if r.message))
        report(f"no trial has finished ({len(records)} begun). {reasons}".rstrip())
    config = None if best is None else config_of(tuner, best)
    return SearchResult(tuner.folder, config, records, tuner, prepared)
