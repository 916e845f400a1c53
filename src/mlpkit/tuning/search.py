"""`tune`: search the settings of a job; the best ones as a configuration."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from mlpkit.config import Config, load_config, to_toml
from mlpkit.errors import MlpkitError, UsageError
from mlpkit.runs.folder import ensure_writable
from mlpkit.runs.prepare import default_name
from mlpkit.tuning import journal
from mlpkit.tuning.outcome import Outcome
from mlpkit.tuning.parameters import objectives_of, parameters_of
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import (
    Objective,
    Parameter,
    ranked,
    trial_table,
    write_results,
)
from mlpkit.tuning.setup import Report, at_home, prepare_search, search_id, tuner_of
from mlpkit.tuning.state_file import write_text
from mlpkit.tuning.tuner import Tuner
from mlpkit.tuning.workers import crew_of


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Attributes:
        path: Folder with ``trials.csv`` and ``best.toml``, which `train` takes.
        best_config: The configuration of the best trial; None where none has finished.
        records: All trials, in the order of their starts.
        tuner: For `keras_tuner`'s ``get_best_models`` and the like.
    """

    path: Path
    best_config: Config | None
    records: list[TrialRecord]
    tuner: Tuner

    @property
    def trials(self) -> pa.Table:
        """One row per trial, the best first: see `results.trial_table`."""
        return trial_table(self.records, *_told(self.tuner))


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
    name = f"{default_name(config, data)}-{search_id(prepared)}-search"
    ensure_writable(Path(folder))
    tuner = tuner_of(prepared, Path(folder), name, report)
    if workers is not None:
        tuner.crew = crew_of(workers, config, data, tuner.folder)
    try:
        tuner.search(verbose=int(progress))
    except KeyboardInterrupt:
        report("interrupted: the same search goes on when it is started again")
    except MlpkitError:
        if journal.read(tuner.folder) and not tuner.is_worker:
            _result(tuner, time.time() - tuner.oracle.budget.spent, report)
        raise
    if tuner.is_worker:  # the chief writes the results
        return SearchResult(tuner.folder, None, [], tuner)
    return _result(tuner, time.time() - tuner.oracle.budget.spent, report)


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


def _result(tuner: Tuner, began: float, report: Report) -> SearchResult:
    path = tuner.folder
    records = journal.read(path, report)
    told = _told(tuner)
    write_results(path, records, *told, title=path.name, began=began)
    best = [r for r in ranked(records, told[1]) if r.score is not None][:1]
    if not best:
        reasons = "; ".join(dict.fromkeys(r.message for r in records if r.message))
        report(f"no trial has finished ({len(records)} begun). {reasons}".rstrip())
        return SearchResult(path, None, records, tuner)
    trial = tuner.oracle.get_trial(best[0].trial)
    job = tuner.hypermodel.bound(best[0].seed, 0)
    config = at_home(job.config(trial.hyperparameters))
    write_text(path / "best.toml", to_toml(config))
    return SearchResult(path, config, records, tuner)


def _told(tuner: Tuner) -> tuple[list[Parameter], list[Objective]]:
    oracle = tuner.oracle
    return parameters_of(oracle.get_space()), objectives_of(oracle.objective)
