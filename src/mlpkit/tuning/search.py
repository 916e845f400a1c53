"""`tune`: search the settings of a job; the best ones as a configuration."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.config import (
    Config,
    Dimension,
    Facts,
    config_id,
    load_config,
    search_space,
    to_toml,
    with_recipe,
)
from mlpkit.errors import UsageError
from mlpkit.evaluation import evaluate
from mlpkit.factory import TASKS
from mlpkit.runs import Prepared, prepare
from mlpkit.runs.folder import ensure_writable
from mlpkit.runs.prepare import default_name
from mlpkit.tuning import journal
from mlpkit.tuning.arguments import oracle_of, stopper_of
from mlpkit.tuning.job import Job, check_rows
from mlpkit.tuning.objective import check_logged, objective_of, parts_of
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
from mlpkit.tuning.space import check_values, hyperparameters
from mlpkit.tuning.state_file import write_text
from mlpkit.tuning.tuner import Tuner

Report = Callable[[str], None]
_TRIALS = 20


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
    progress: bool = False,
    report: Report = lambda _: None,
) -> SearchResult:
    """Search the space of the configuration's `[search]` for the best objective.

    A search that was killed, at any moment, goes on when it is started again; with more
    trials or time it is carried further.

    Args:
        config: TOML file, mapping or `Config`.
        data: A table in memory instead of ``data.path``.
        overrides: ``"key=value"`` settings.
        folder: ``<folder>/<name>-<id>-search/`` holds everything.
        progress: Show the best trials and the time left.
        report: Called with a line per trial.

    Raises:
        UsageError, DataError, OutputError: As `train`; a value of the space that cannot
            be, or an objective that is no metric.
    """
    config = load_config(config, overrides)
    prepared = _prepared(config, data)
    name = f"{default_name(config, data)}-{_identity(prepared)}-search"
    ensure_writable(Path(folder))
    tuner = _tuner(prepared, Path(folder), name, report)
    tuner.search(verbose=int(progress))
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
    prepared = _prepared(load_config(folder / "job.toml"), data)
    return _tuner(prepared, folder.parent, folder.name).replay(trial)


def _prepared(config: Config, data: Any) -> Prepared:
    prepared = prepare(config, data)
    check_rows(prepared)
    facts = Facts(
        prepared.target.task, prepared.rows["train"], prepared.encoder.num_numeric
    )
    space = search_space(config)  # of the recipe, which is gone once it is filled in
    search = config.search.model_copy(update={"space": space})
    filled = with_recipe(config, facts).model_copy(update={"search": search})
    check_values(filled, space)
    return replace(prepared, config=filled)


def _identity(prepared: Prepared) -> str:
    """8 digits of the job and of what its search goes through, not of how far."""
    search = prepared.config.search.model_dump(
        mode="json", exclude={"trials", "time", "trial_time", "keep"}
    )
    return config_id(prepared.config, f"{prepared.identity} {search}")


def _tuner(
    prepared: Prepared, folder: Path, name: str, report: Report = lambda _: None
) -> Tuner:
    config = prepared.config
    search = config.search
    space: dict[str, Dimension] = dict(search.space or {})
    wanted = [(o.name, o.direction) for o in search.objective]
    wanted = wanted or [(config.training.monitor, None)]
    objective = objective_of(wanted if len(wanted) > 1 else wanted[0])
    logged = _logged(prepared)
    oracle = oracle_of(
        search.oracle.name,
        objective=objective,
        max_trials=search.trials or (None if search.oracle.name == "grid" else _TRIALS),
        hyperparameters=hyperparameters(space),
        seed=config.seed,
        options=_options(config),
    )
    check_logged(oracle.objective, [*logged, *_measured(prepared)])
    first = parts_of(oracle.objective)[0].name
    monitor = first if len(wanted) == 1 and first in logged else config.training.monitor
    stopper = stopper_of(search.stopper.name, search.stopper.params)
    if stopper is not None and not set(logged) >= {o[0] for o in wanted}:
        msg = "search.stopper: the objective must be logged after each epoch, "
        raise UsageError(f"{msg}'{first}' is not; give one of {logged}")
    _keep_job(config, folder / name)
    return Tuner(
        Job(prepared, space, monitor),
        oracle=oracle,
        stopper=stopper,
        time_limit=search.time,
        trial_time=search.trial_time,
        keep=search.keep,
        seed=config.seed,
        identity=_identity(prepared),
        executions_per_trial=search.folds or search.executions,
        directory=folder,
        project_name=name,
        report=report,
    )


def _options(config: Config) -> dict[str, Any]:
    params = dict(config.search.oracle.params)
    if config.search.oracle.name == "hyperband":
        if "epochs" in (config.search.space or {}):
            msg = "search.space.epochs: hyperband gives the epochs itself; leave it out"
            raise UsageError(msg)
        params.setdefault("max_epochs", config.training.epochs)
    return params


def _logged(prepared: Prepared) -> list[str]:
    metrics = TASKS[prepared.target.task].metrics()
    names = ["loss", *(metric.name for metric in metrics)]
    return [*names, *(f"val_{name}" for name in names)]


def _measured(prepared: Prepared) -> list[str]:
    """Names of scikit-learn's metrics, from an answer that says nothing."""
    rows = (
        prepared.split.train if prepared.stream is None else prepared.split.validation
    )
    y = prepared.y[rows]
    outputs = max(2, prepared.target.num_outputs)
    if y.ndim == 2:
        outputs = y.shape[1]
    found = evaluate(prepared.target.task, y, np.full((len(y), outputs), 1.0 / outputs))
    return [f"val_{name}" for name in found]


def _keep_job(config: Config, path: Path) -> None:
    """Write the job, by which a trial can be trained again."""
    write_text(path / "job.toml", to_toml(_at_home(config)))


def _at_home(config: Config) -> Config:
    """The configuration with its file's path from the root, wherever it is read."""
    path = config.data.path
    if path is None or ":" in path:
        return config
    data = config.data.model_copy(update={"path": str(Path(path).resolve())})
    return config.model_copy(update={"data": data})


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
    config = _at_home(job.config(trial.hyperparameters))
    write_text(path / "best.toml", to_toml(config))
    return SearchResult(path, config, records, tuner)


def _told(tuner: Tuner) -> tuple[list[Parameter], list[Objective]]:
    oracle = tuner.oracle
    return parameters_of(oracle.get_space()), objectives_of(oracle.objective)
