"""A configuration with `[search]` → the tuner that goes through it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mlpkit.config import (
    Config,
    Dimension,
    config_id,
    search_space,
    to_toml,
)
from mlpkit.errors import UsageError
from mlpkit.evaluation import evaluate
from mlpkit.factory import TASKS
from mlpkit.runs import Prepared, by_recipe, facts_of, prepare
from mlpkit.runs.at_home import at_home
from mlpkit.runs.settle import check_decision
from mlpkit.tuning.arguments import oracle_of, stopper_of
from mlpkit.tuning.job import Job, check_rows, fold
from mlpkit.tuning.objective import check_logged, objective_of
from mlpkit.tuning.space import check_values, hyperparameters
from mlpkit.tuning.state_file import write_text
from mlpkit.tuning.tuner import Tuner

Report = Callable[[str], None]


def prepare_search(config: Config, data: Any = None) -> Prepared:
    """Return a job's data and its configuration, recipe and space filled in.

    Raises:
        UsageError, DataError: As `prepare`; or a value of the space cannot be.
    """
    prepared = prepare(config, data)
    check_rows(prepared)
    space = dict(search_space(config))  # of the recipe, before it is filled in
    if config.search.space is None and not facts_of(prepared).numeric:
        space.pop("numeric_embedding", None)
    filled = by_recipe(fold(prepared, 0))  # whose validation rows patience looks at
    search = config.search.model_copy(update={"space": space})
    # every key is given: another recipe would be the same search
    settings = {"search": search, "recipe": "none"}
    prepared = replace(
        prepared,
        config=filled.config.model_copy(update=settings),
        notes=filled.notes,
    )
    check_values(prepared.config, space)
    notes = (*prepared.notes, *check_decision(prepared))
    return replace(prepared, notes=notes)


def search_id(prepared: Prepared) -> str:
    """Return 8 hex digits of what a search goes through, not of how far."""
    search = prepared.config.search.model_dump(
        mode="json", exclude={"trials", "time", "trial_time", "keep", "ensemble"}
    )
    return config_id(prepared.config, f"{prepared.identity} {search}")


def tuner_of(
    prepared: Prepared, folder: Path, name: str, report: Report = lambda _: None
) -> Tuner:
    """Return the tuner of a search, in ``<folder>/<name>``.

    Raises:
        UsageError: Oracle, stopper and objective do not go together.
    """
    config = prepared.config
    search = config.search
    space: dict[str, Dimension] = dict(search.space or {})
    wanted = [(o.name, o.direction) for o in search.objective]
    wanted = wanted or [(config.training.monitor, None)]
    names = [name for name, _ in wanted]
    logged = _logged(prepared)
    check_logged(names, [*logged, *_measured(prepared)])
    objective = objective_of(wanted if len(wanted) > 1 else wanted[0])
    oracle = oracle_of(
        search.oracle.name,
        objective=objective,
        max_trials=search.trials,
        hyperparameters=hyperparameters(space),
        seed=config.seed,
        options=_options(config),
    )
    alone = len(names) == 1 and names[0] in logged
    monitor = names[0] if alone else config.training.monitor
    stopper = stopper_of(search.stopper.name, search.stopper.params)
    if stopper is not None and not set(logged) >= set(names):
        msg = "search.stopper: the objective must be logged after each epoch, "
        raise UsageError(f"{msg}'{names[0]}' is not; give one of {logged}")
    tuner = Tuner(
        Job(prepared, space, monitor),
        oracle=oracle,
        stopper=stopper,
        time_limit=search.time,
        trial_time=search.trial_time,
        keep=max(search.keep, search.ensemble or 0),
        seed=config.seed,
        identity=search_id(prepared),
        executions_per_trial=search.folds or search.executions,
        directory=folder,
        project_name=name,
        report=report,
    )
    if not tuner.is_worker:
        _keep_job(config, tuner.folder)
    return tuner


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
    write_text(path / "job.toml", to_toml(at_home(config), defaults=True))
