"""`train`: a configuration in, a run folder out."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlpkit.config import (
    Config,
    EnsembleConfig,
    ModelConfig,
    TrainingConfig,
    load_config,
)
from mlpkit.errors import DataError
from mlpkit.evaluation.report import write_report
from mlpkit.runs.answers import Answers
from mlpkit.runs.folder import ensure_writable
from mlpkit.runs.measured import measure, settled_answers
from mlpkit.runs.members import Plan, check_ensemble
from mlpkit.runs.prepare import default_name, prepare
from mlpkit.runs.prepare_stream import streams
from mlpkit.runs.prepared import Prepared
from mlpkit.runs.recipe import by_recipe
from mlpkit.runs.repeated import repeated_rows
from mlpkit.runs.reported import report_data
from mlpkit.runs.run import Run
from mlpkit.runs.save import save_run
from mlpkit.runs.settle import check_decision
from mlpkit.runs.train_members import train_members, train_network
from mlpkit.training import epochs_done, writes_files

__all__ = ["Report", "measure", "train", "train_network"]

_WHERE = ("device", "strategy", "precision", "deterministic")
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
        The run: ``run.metrics``, ``run.path``, ``run.predict(table)``; what was
        reported is in ``run.metrics["notes"]``. Of several workers the first one writes
        the folder; the others' runs point to it.

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
    check_ensemble(config, streamed=streams(config.data, data))
    prepared = by_recipe(prepare(config, data))
    config = prepared.config
    plan = Plan.of(prepared, config.ensemble)
    notes: list[str] = []
    tell = _noting(notes, report)
    for note in (*_notes(plan), *check_decision(prepared)):
        tell(note)
    if chief:
        ensure_writable(Path(folder))  # before the work, not after it
    path = Path(folder) / f"{name}-{prepared.identity}"
    checkpoint = path.with_name(f".{path.name}.checkpoint")
    if done := epochs_done(checkpoint):
        report(f"going on from epoch {done}, as {checkpoint} left it")
    started = time.monotonic()
    model, history, held = train_members(
        plan,
        config.model,
        config.training,
        label="network",
        progress=progress,
        checkpoint=checkpoint,
    )
    seconds = time.monotonic() - started
    try:
        _check_trained(history, config.training, tell)
    except DataError:
        checkpoint.unlink(missing_ok=True)
        raise
    answers, settled = settled_answers(prepared, model, held)
    metrics: dict[str, Any] = {"network": measure(prepared, answers, held)}
    interrupted = getattr(history, "interrupted", False)
    if interrupted:
        tell("interrupted: the best weights so far are kept")
    else:
        metrics["baseline"] = _baseline(prepared, progress=progress)
    figures = {
        "epochs": len(history.epoch),
        **_best_epochs(history),
        "seconds": round(seconds, 2),
        "interrupted": interrupted,
        "rows": prepared.rows,
        "notes": notes,
        **settled,
        **metrics,
    }
    if not chief:
        return Run(path, name, figures)
    run = save_run(path, name, prepared, answers, history.history, figures, held)
    checkpoint.unlink(missing_ok=True)
    if config.report:
        _write_report(run, prepared, answers, report)
    return run


def _write_report(
    run: Run, prepared: Prepared, answers: Answers, report: Report
) -> None:
    prepared = replace(prepared, config=run.config)  # as it can be run again
    told = report_data(prepared, answers, run.metrics, run.history, title=run.name)
    report(f"report: {write_report(told, run.path / 'report.html')}")


def _baseline(prepared: Prepared, *, progress: bool) -> dict[str, dict[str, float]]:
    """Metrics of a single layer."""
    config = prepared.config
    placed = {k: getattr(config.training, k) for k in _WHERE}
    training = TrainingConfig(learning_rate=_BASELINE_RATE, **placed)
    single = ModelConfig(hidden=(), dropout=0.0, quantiles=config.model.quantiles)
    # by the same folds, so that both are measured on the same rows
    by_folds = config.ensemble.name == "folds"
    plan = Plan.of(prepared, config.ensemble if by_folds else EnsembleConfig())
    model, _, held = train_members(
        plan, single, training, label="single layer", progress=progress
    )
    answers, _ = settled_answers(prepared, model, held)
    return measure(prepared, answers, held)


def _best_epochs(history: Any) -> dict[str, Any]:
    best = getattr(history, "best_epoch", None)
    if isinstance(best, list):
        return {"best_epoch": None, "best_epoch_of_members": best}
    return {"best_epoch": best}


def _check_trained(history: Any, training: TrainingConfig, report: Report) -> None:
    divergence = getattr(history, "divergence", None)
    if divergence is None:
        return
    if divergence.epoch == 0:
        msg = f"training diverged: {divergence}"
        raise DataError(f"{msg} training.learning_rate is {training.learning_rate:g}")
    report(str(divergence))


def _noting(notes: list[str], report: Report) -> Report:
    """A report that is kept, too."""

    def tell(note: str) -> None:
        notes.append(note)
        report(note)

    return tell


def _silent(_: str) -> None:
    """Report nothing: the chief does."""


def _notes(plan: Plan) -> list[str]:
    prepared = plan.prepared
    return [_summary(prepared), *plan.notes, *prepared.notes, *repeated_rows(plan)]


def _summary(prepared: Prepared) -> str:
    target = prepared.target
    rows = ", ".join(f"{count} {part}" for part, count in prepared.rows.items())
    kinds = [c.kind for c in prepared.columns if c.kind != "ignore"]
    counted = ", ".join(f"{kinds.count(k)} {k}" for k in dict.fromkeys(kinds))
    names = ", ".join(target.columns[:3]) + ("…" if len(target.columns) > 3 else "")
    return f"{target.task} of {names} ({target.note}); columns: {counted}; rows: {rows}"
