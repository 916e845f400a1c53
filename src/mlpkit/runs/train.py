"""`train`: a configuration in, a run folder out."""

import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from mlpkit.config import (
    Config,
    Facts,
    ModelConfig,
    TrainingConfig,
    load_config,
    with_recipe,
)
from mlpkit.errors import DataError
from mlpkit.evaluation import evaluate
from mlpkit.runs.answers import Answers
from mlpkit.runs.folder import ensure_writable
from mlpkit.runs.network import build_network, fit_arguments, total_steps
from mlpkit.runs.prepare import default_name, prepare
from mlpkit.runs.prepared import Prepared
from mlpkit.runs.run import Run, save_run
from mlpkit.training import (
    Progress,
    epochs_done,
    fit,
    placement,
    writes_files,
)

_WHERE = ("device", "strategy", "precision")
_BASELINE_RATE = 1e-2  # a single layer takes larger steps than a deep network
Report = Callable[[str], None]


def train(
    config: Config | Mapping[str, Any] | str | Path,
    *,
    data: Any = None,
    overrides: Iterable[str] = (),
    folder: str | Path = "runs",
    progress: bool = False,
    report: Report = lambda _: None,
) -> Run:
    """Train the network of a configuration, and a single-layer baseline beside it.

    The state of the network's training is kept in ``<folder>/.<name>-<id>.checkpoint``
    until the run folder is there: a job that was killed goes on from it when it is
    started again, to the same bits.

    Args:
        config: TOML file, mapping or `Config`.
        data: A table in memory (DataFrame, Arrow, dict) instead of ``data.path``.
        overrides: ``"key=value"`` settings that win over the configuration.
        folder: Where the run folder ``<name>-<id>`` goes. The id is that of settings
            and rows: the same job again gives the same run, bit for bit.
        progress: Show epochs as they pass.
        report: Called with each thing the user should know.

    Returns:
        The run: ``run.metrics``, ``run.path``, ``run.predict(table)``. Of several
        workers the first one writes the folder; the others' runs point to it.

    Raises:
        UsageError: A mistake in the configuration.
        DataError: The table cannot be used as asked.
        OutputError: The run folder cannot be written.
    """
    config = load_config(config, overrides)
    chief = writes_files(config.training)  # joins the other workers, before all else
    if not chief:
        progress, report = False, _silent
    name = default_name(config, data)
    prepared = prepare(config, data)
    facts = Facts(
        prepared.target.task, prepared.rows["train"], prepared.encoder.num_numeric
    )
    config = with_recipe(config, facts)
    prepared = replace(prepared, config=config)
    for note in (_summary(prepared), *prepared.notes):
        report(note)
    if chief:
        ensure_writable(Path(folder))  # before the work, not after it
    path = Path(folder) / f"{name}-{prepared.identity}"
    checkpoint = path.with_name(f".{path.name}.checkpoint")
    if done := epochs_done(checkpoint):
        report(f"going on from epoch {done}, as {checkpoint} left it")
    started = time.monotonic()
    model, history = train_network(
        prepared,
        config.model,
        config.training,
        label="network",
        progress=progress,
        checkpoint=checkpoint,
    )
    seconds = time.monotonic() - started
    try:
        _check_trained(history, config.training, report)
    except DataError:
        checkpoint.unlink(missing_ok=True)
        raise
    metrics: dict[str, Any] = {"network": measure(prepared, model)}
    interrupted = getattr(history, "interrupted", False)
    if interrupted:
        report("interrupted: the best weights so far are kept")
    else:
        metrics["baseline"] = measure(prepared, _baseline(prepared, progress=progress))
    figures = {
        "epochs": len(history.epoch),
        "best_epoch": getattr(history, "best_epoch", None),
        "seconds": round(seconds, 2),
        "interrupted": interrupted,
        "rows": prepared.rows,
        **metrics,
    }
    if not chief:
        return Run(path, name, figures)
    run = save_run(path, name, prepared, model, history.history, figures)
    checkpoint.unlink(missing_ok=True)
    return run


def train_network(
    prepared: Prepared,
    model: ModelConfig,
    training: TrainingConfig,
    *,
    label: str,
    progress: bool = False,
    callbacks: Iterable[keras.callbacks.Callback] = (),
    initialize: Callable[[keras.Model], None] = lambda _: None,
    checkpoint: Path | None = None,
) -> tuple[keras.Model, keras.callbacks.History]:
    """Return a network trained on prepared data, with its history.

    ``initialize`` is called with the network before its first step.
    """
    with placement(training):
        steps = total_steps(prepared, training)
        network = build_network(prepared, model, training, steps)
        initialize(network)
        bar = Progress(label) if progress else None
        try:
            with warnings.catch_warnings():  # of a divergence: the history tells it
                warnings.simplefilter("ignore", RuntimeWarning)
                history = fit(
                    network,
                    **fit_arguments(prepared, training),
                    verbose=0,
                    callbacks=[*callbacks, *([bar] if bar else [])],
                    checkpoint=checkpoint,
                )
        finally:
            if bar:
                bar.close()
    return network, history


def measure(prepared: Prepared, model: keras.Model) -> dict[str, dict[str, float]]:
    """Return the metrics on validation and test rows, in the table's units."""
    answers = Answers(prepared.encoder, model, prepared.target, prepared.scaling)
    found = {}
    for part, rows in prepared.split.parts().items():
        if part == "train" or not len(rows):
            continue
        weight = prepared.sample_weight
        found[part] = evaluate(
            prepared.target.task,
            prepared.y[rows],
            answers.scores(prepared.table.take(rows)),
            sample_weight=None if weight is None else weight[rows],
        )
    return found


def _baseline(prepared: Prepared, *, progress: bool) -> keras.Model:
    config = prepared.config
    placed = {k: getattr(config.training, k) for k in _WHERE}
    training = TrainingConfig(learning_rate=_BASELINE_RATE, **placed)
    single = ModelConfig(hidden=(), dropout=0.0)
    return train_network(
        prepared, single, training, label="single layer", progress=progress
    )[0]


def _check_trained(history: Any, training: TrainingConfig, report: Report) -> None:
    divergence = getattr(history, "divergence", None)
    if divergence is None:
        return
    if divergence.epoch == 0:
        msg = f"training diverged: {divergence}"
        raise DataError(f"{msg} training.learning_rate is {training.learning_rate:g}")
    report(str(divergence))


def _silent(_: str) -> None:
    """Report nothing: the chief does."""


def _summary(prepared: Prepared) -> str:
    target = prepared.target
    rows = ", ".join(f"{count} {part}" for part, count in prepared.rows.items())
    kinds = [c.kind for c in prepared.columns if c.kind != "ignore"]
    counted = ", ".join(f"{kinds.count(k)} {k}" for k in dict.fromkeys(kinds))
    names = ", ".join(target.columns[:3]) + ("…" if len(target.columns) > 3 else "")
    return f"{target.task} of {names} ({target.note}); columns: {counted}; rows: {rows}"
