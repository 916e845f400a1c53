"""The best trials of a job's search as one run."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from mlpkit.config import Config, EnsembleConfig
from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation.report import write_report
from mlpkit.runs import Prepared, Run
from mlpkit.runs.measured import measure, settled_answers
from mlpkit.runs.reported import report_data
from mlpkit.runs.save import save_run
from mlpkit.runs.settle import raw_output
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import (
    Member,
    Mixture,
    average_models,
    greedy_weights,
    task_loss,
)
from mlpkit.tuning.weights import has_weights


def ensemble_run(
    tuner: Any,
    prepared: Prepared,
    records: Sequence[TrialRecord],
    config: Config,
    path: Path,
) -> tuple[Run, Mixture]:
    """Choose weights on the validation rows, and save the mean of the networks.

    Args:
        tuner: Of the search.
        prepared: Its data.
        records: The best trials, the best first; those without weights do not count.
        config: Of the best one.
        path: Of the run.

    Raises:
        UsageError: The validation rows are others in each training of a trial.
        DataError: No trial's weights are kept.
    """
    if prepared.config.search.folds is not None:
        msg = "search.folds: an ensemble needs rows that no trial has trained on, "
        raise UsageError(f"{msg}leave out folds")
    kept = [r for r in records if has_weights(tuner.folder, r.trial)]
    if not kept:
        msg = f"{tuner.folder}: an ensemble needs a trial whose weights are kept"
        raise DataError(msg)
    prepared = replace(
        prepared, config=config.model_copy(update={"ensemble": EnsembleConfig()})
    )
    rows, task = prepared.split.validation, prepared.target.task
    models = [tuner.load_model(tuner.oracle.get_trial(r.trial)) for r in kept]
    each = [np.asarray(raw_output(prepared, m, rows), np.float64) for m in models]
    outputs = np.stack(each)
    _, y, *weight = prepared.batch(rows)
    loss = task_loss(
        task,
        sample_weight=weight[0] if weight else None,
        quantiles=config.model.quantiles,
    )
    shares = greedy_weights(outputs, y, loss)
    alone = [loss(y, output) for output in outputs]
    members = [
        Member(record.number, record.trial, float(share), value)
        for record, share, value in zip(kept, shares, alone, strict=True)
        if share > 0
    ]
    mixture = Mixture(
        tuple(sorted(members, key=lambda m: -m.weight)),
        loss(y, np.tensordot(shares, outputs, axes=1)),
        float(np.nanmin(alone)),
        len(kept),
        path.name,
    )
    model = average_models(models, shares, task)
    return _saved(prepared, model, mixture, kept, path), mixture


def _saved(
    prepared: Prepared,
    model: Any,
    mixture: Mixture,
    kept: Sequence[TrialRecord],
    path: Path,
) -> Run:
    answers, settled = settled_answers(prepared, model)
    used = {member.trial for member in mixture.members}
    trained = [record for record in kept if record.trial in used]
    figures = {
        "epochs": sum(record.epochs for record in trained),
        "best_epoch": None,
        "seconds": round(sum(record.seconds for record in trained), 2),
        "interrupted": False,
        "rows": prepared.rows,
        **settled,
        "network": measure(prepared, answers),
        "ensemble": asdict(mixture),
    }
    name = path.name.rpartition("-")[0]
    run = save_run(path, name, prepared, answers, {}, figures)
    if prepared.config.report:
        prepared = replace(prepared, config=run.config)
        prepared = replace(prepared, notes=(*prepared.notes, f"mean: {mixture.told}"))
        told = report_data(prepared, answers, run.metrics, run.history, title=name)
        write_report(told, run.path / "report.html")
    return run
