"""What the report of a run tells, from its data and its answers."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.config import to_toml
from mlpkit.evaluation import (
    LEADING,
    Temperature,
    Threshold,
    evaluate,
    permutation_importance,
)
from mlpkit.evaluation.report import HeldBack, ReportData
from mlpkit.factory import TASKS
from mlpkit.runs.answers import Answers
from mlpkit.runs.prepared import Prepared
from mlpkit.runs.settle import raw_output

_MODELS = ("network", "baseline")
_MOST_COLUMNS = 200  # whose importance is measured
_PERMUTED_ROWS = 100_000  # of all columns and repeats together
_REPEATS = 3


def report_data(
    prepared: Prepared,
    answers: Answers,
    metrics: Mapping[str, Any],
    history: Mapping[str, Any],
    *,
    title: str,
) -> ReportData:
    """Return what a report is made from.

    Args:
        prepared: The job's data.
        answers: Of its network.
        metrics: As in ``metrics.json``.
        history: Losses by epoch.
        title: Of the page.
    """
    target, decision = prepared.target, answers.decision
    notes = list(prepared.notes)
    if decision.quantiles:
        levels = ", ".join(map(str, decision.quantiles))
        notes.append(
            f"the network predicts the quantiles {levels}; figures and importance show "
            "the one nearest to the median"
        )
    importance, metric, left_out = _importance(prepared, answers)
    return ReportData(
        title=title,
        task=target.task,
        target=target.columns,
        rows=metrics["rows"],
        metrics={name: metrics[name] for name in _MODELS if name in metrics},
        classes=target.classes,
        columns=prepared.columns,
        history=history,
        best_epoch=metrics["best_epoch"],
        seconds=metrics["seconds"],
        held_back=_held_back(prepared, answers),
        importance=importance,
        importance_metric=metric,
        temperature=_temperature(metrics),
        thresholds=_thresholds(prepared, metrics),
        notes=[*notes, *left_out],
        config=to_toml(prepared.config, defaults=True),
    )


def _held_back(prepared: Prepared, answers: Answers) -> HeldBack | None:
    split, decision, task = prepared.split, answers.decision, prepared.target.task
    part = "test" if len(split.test) else "validation"
    if part == "validation" and prepared.config.ensemble.name == "folds":
        return None  # most members have trained on these rows
    rows = split.parts()[part]
    weight = prepared.weight_in_metrics(rows)
    if not len(rows):
        return None
    y = prepared.y[rows]
    if task == "regression":
        values = decision.middle(answers.scores(prepared.table.take(rows)))
        return HeldBack(part, y, values, weight)
    output = raw_output(prepared, answers.model, rows)
    scores = np.asarray(TASKS[task].scores(output))
    chosen = np.asarray(decision.chosen(task, decision.calibrated(task, output)))
    return HeldBack(part, y, scores, weight, None if task == "multilabel" else chosen)


def _importance(
    prepared: Prepared, answers: Answers
) -> tuple[pa.Table | None, str, list[str]]:
    """Importance on a sample of held-back rows, its metric, and why it is not there."""
    split, task = prepared.split, prepared.target.task
    rows = split.validation if len(split.validation) else split.test
    if prepared.config.ensemble.name == "folds":
        rows = split.test  # most members have trained on the others
    names = list(answers.encoder.statistics.names)
    if len(rows) < 2:
        return None, "", []
    if len(names) > _MOST_COLUMNS:
        note = f"the importance of more than {_MOST_COLUMNS} columns is not measured"
        return None, "", [note]
    most = max(100, min(1_000, _PERMUTED_ROWS // (_REPEATS * len(names))))
    generator = np.random.default_rng(prepared.config.seed)
    if len(rows) > most:
        rows = np.sort(generator.choice(rows, most, replace=False))
    weight, y = prepared.weight_in_metrics(rows), prepared.y[rows]
    if weight is not None and weight.max() == 0:  # of the sample
        return None, "", []
    table = prepared.table.take(rows).select(names)

    def scores(permuted: pa.Table) -> np.ndarray:
        return answers.decision.middle(answers.scores(permuted))

    found = evaluate(task, y, scores(table), sample_weight=weight)
    metric = "mae" if answers.decision.quantiles else LEADING[task]
    metric = metric if metric in found else next(iter(found))
    measured = permutation_importance(
        table,
        y,
        scores,
        task,
        metric=metric,
        repeats=_REPEATS,
        seed=prepared.config.seed,
        sample_weight=weight,
    )
    return measured, metric, []


def _temperature(metrics: Mapping[str, Any]) -> Temperature | None:
    found = metrics.get("calibration")
    if found is None:
        return None
    return Temperature(**{f.name: found[f.name] for f in fields(Temperature)})


def _thresholds(prepared: Prepared, metrics: Mapping[str, Any]) -> dict[str, Threshold]:
    labels = prepared.target.classes
    labels = labels if prepared.target.task == "multilabel" else labels[1:]
    found = metrics.get("thresholds", ())
    return {
        str(label): Threshold(**values)
        for label, values in zip(labels, found, strict=False)
    }
