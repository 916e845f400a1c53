"""`tune`: search depth, width and learning rate; the best one as a configuration."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras_tuner
import pyarrow as pa
import pyarrow.csv

from mlpkit.config import Config, SearchConfig, config_id, load_config, to_toml
from mlpkit.errors import DataError
from mlpkit.runs import prepare, written_aside
from mlpkit.runs.folder import ensure_writable
from mlpkit.runs.prepare import default_name
from mlpkit.runs.train import Report, train_network

_ORACLES = {
    "random": keras_tuner.oracles.RandomSearchOracle,
    "bayesian": keras_tuner.oracles.BayesianOptimizationOracle,
}


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Attributes:
        path: Folder with ``trials.csv`` and ``best.toml``, which `train` takes.
        best_config: The configuration of the best trial.
        trials: One row per trial, the best first.
    """

    path: Path
    best_config: Config
    trials: pa.Table


def tune(
    config: Config | Mapping[str, Any] | str | Path,
    *,
    data: Any = None,
    overrides: Iterable[str] = (),
    folder: str | Path = "runs",
    report: Report = lambda _: None,
) -> SearchResult:
    """Search the space of the configuration's `[search]` for the lowest loss.

    Args:
        config: TOML file, mapping or `Config`.
        data: A table in memory instead of ``data.path``.
        overrides: ``"key=value"`` settings.
        folder: ``<folder>/<name>-<id>-search/`` holds the results.
        report: Called with a line per trial.

    Raises:
        UsageError, DataError, OutputError: As `train`.
    """
    config = load_config(config, overrides)
    prepared = prepare(config, data)
    if not len(prepared.split.validation):
        msg = (
            "a search compares validation losses: split.validation_fraction must be > 0"
        )
        raise DataError(msg)
    identity = config_id(config, f"{prepared.identity} {config.search}")
    path = Path(folder) / f"{default_name(config, data)}-{identity}-search"
    ensure_writable(Path(folder))
    oracle = _ORACLES[config.search.oracle](
        objective=keras_tuner.Objective("val_loss", "min"),
        max_trials=config.search.trials,
        hyperparameters=_space(config.search),
        seed=config.seed,
    )
    rows: list[dict[str, Any]] = []
    with written_aside(path) as temporary:
        # the oracle proposes and learns; the trials train here, on data encoded once
        oracle.verbose = 0
        oracle._set_project_dir(temporary, "oracle")
        while (trial := oracle.create_trial("tuner")).status == "RUNNING":
            started = time.monotonic()
            proposed = _proposed(config, trial.hyperparameters)
            _, history = train_network(
                prepared, proposed.model, proposed.training, label="trial"
            )
            best = getattr(history, "best_epoch", None)
            losses = history.history["val_loss"]
            loss = losses[best] if best is not None else float("nan")
            if best is None:
                trial.status, trial.message = "INVALID", "the validation loss is NaN"
            else:
                oracle.update_trial(trial.trial_id, {"val_loss": loss}, step=best)
                trial.status = "COMPLETED"
            oracle.end_trial(trial)
            rows.append(
                {
                    "trial": len(rows) + 1,
                    "val_loss": loss,
                    "hidden": " ".join(map(str, proposed.model.hidden)),
                    "learning_rate": proposed.training.learning_rate,
                    "epochs": len(losses),
                    "seconds": round(time.monotonic() - started, 2),
                    "config": proposed,
                }
            )
            report(_line(rows[-1], len(rows), config.search.trials))
        rows.sort(key=lambda row: (row["val_loss"] != row["val_loss"], row["val_loss"]))
        best_config = rows[0]["config"]
        table = pa.Table.from_pylist([{**row, "config": None} for row in rows]).drop(
            ["config"]
        )
        pa.csv.write_csv(table, temporary / "trials.csv")
        (temporary / "best.toml").write_text(to_toml(best_config), encoding="utf-8")
    return SearchResult(path, best_config, table)


def _space(search: SearchConfig) -> keras_tuner.HyperParameters:
    space = keras_tuner.HyperParameters()
    space.Int("depth", *search.depth)
    space.Choice("width", list(search.width))
    space.Float("learning_rate", *search.learning_rate, sampling="log")
    return space


def _proposed(config: Config, values: keras_tuner.HyperParameters) -> Config:
    hidden = (values.get("width"),) * values.get("depth")
    path = config.data.path
    if path is not None and ":" not in path:
        path = str(Path(path).resolve())
    return config.model_copy(
        update={
            "data": config.data.model_copy(update={"path": path}),
            "model": config.model.model_copy(update={"hidden": hidden}),
            "training": config.training.model_copy(
                update={"learning_rate": values.get("learning_rate")}
            ),
        }
    )


def _line(row: Mapping[str, Any], done: int, trials: int) -> str:
    return (
        f"trial {done}/{trials}: val_loss {row['val_loss']:.4g}  hidden "
        f"[{row['hidden']}]  learning_rate {row['learning_rate']:.2e}  "
        f"{row['epochs']} epochs, {row['seconds']} s"
    )
