"""Records of a trial, from its start to its end."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlpkit.tuning.failures import one_line
from mlpkit.tuning.outcome import Outcome
from mlpkit.tuning.records import Status, TrialRecord
from mlpkit.tuning.results.parameter import label

_NO_SCORE = "the objective is not finite: its loss became NaN or infinite"


def values_of(trial: Any) -> Mapping[str, Any]:
    """Return a trial's hyperparameters without those of KerasTuner itself."""
    values = trial.hyperparameters.values
    return {k: v for k, v in values.items() if not k.startswith("tuner/")}


def begun(trial: Any, *, seed: int, started: float, worker: str) -> TrialRecord:
    """Return the record of a trial that starts."""
    return TrialRecord(
        trial=trial.trial_id,
        number=number_of(trial),
        status="running",
        values=values_of(trial),
        seed=seed,
        started=started,
        worker=worker,
    )


def ended(record: TrialRecord, trial: Any, outcome: Outcome) -> TrialRecord:
    """Return the record of a trial with what came of it."""
    message = _NO_SCORE if outcome.score is None else outcome.stopped
    status: Status = "stopped" if outcome.stopped else "completed"
    return replace(
        record,
        status="invalid" if outcome.score is None else status,
        values=values_of(trial),  # a build may have asked for new ones
        score=outcome.score,
        metrics=dict(outcome.metrics),
        best_epoch=outcome.best_epoch,
        curves={name: list(values) for name, values in outcome.curves.items()},
        message=message,
    )


def failed(record: TrialRecord, error: Exception) -> TrialRecord:
    """Return the record of a trial that raised an error."""
    told = "".join(traceback.format_exception(error))
    return replace(record, status="failed", message=one_line(error), traceback=told)


def number_of(trial: Any) -> int:
    """Return a trial's number: 1, 2, …."""
    return int(trial.trial_id) + 1


def line_of(record: TrialRecord, trials: int | None, objectives: Sequence[str]) -> str:
    """Return what a search tells of a trial that has ended."""
    of = "" if trials is None else f"/{trials}"
    shown = "  ".join(f"{k} {label(v)}" for k, v in record.values.items())
    known = {objectives[0]: record.score, **record.metrics}
    told = [f"{name} {label(known[name])}  " for name in objectives if name in known]
    score = "" if record.score is None else "".join(told)
    why = f"  {record.status}: {record.message}" if record.message else ""
    took = f"{record.epochs} epochs, {record.seconds:.2f} s"
    return f"trial {record.number}{of}: {score}{shown}  {took}{why}"
