"""The best trial of a job's search as configurations that `train` takes."""

from collections.abc import Sequence
from typing import Any

from mlpkit.config import Config, EnsembleConfig, to_toml
from mlpkit.runs import Prepared
from mlpkit.runs.at_home import at_home
from mlpkit.runs.members import Plan
from mlpkit.runs.network import batch_size_of
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import Objective, ranked, reached
from mlpkit.tuning.state_file import write_text

_NOTE = """\
# The best trial, trained for as many epochs as were best, on every row: nothing is
# left to measure it by. Its figures are those of best.toml.
"""


def best_of(
    records: Sequence[TrialRecord], objectives: Sequence[Objective]
) -> TrialRecord | None:
    """Return the best trial; None where none has a score."""
    scored = [r for r in records if None not in reached(r, objectives)]
    return ranked(scored, objectives)[0] if scored else None


def config_of(tuner: Any, record: TrialRecord) -> Config:
    """Return the configuration of a trial, by which `train` gives it again."""
    trial = tuner.oracle.get_trial(record.trial)
    return at_home(tuner.hypermodel.bound(record.seed, 0).config(trial.hyperparameters))


def final_config(config: Config, prepared: Prepared, best_epoch: int) -> Config | None:
    """Return the configuration that trains on every row, as long as was best.

    Nothing is left to end it early: its epochs are those of the best epoch, with the
    schedules and the batch size of the whole course.

    Args:
        config: Of the trial.
        prepared: The search's data.
        best_epoch: From 0.

    Returns:
        None where it cannot be: rows are streamed, or a threshold is to be chosen on
        validation rows.
    """
    decision, training = config.decision, config.training
    if prepared.stream is not None or not isinstance(decision.threshold, float):
        return None
    plan = Plan(prepared, EnsembleConfig())  # a trial is one network
    fixed = {
        "epochs": max(training.epochs, best_epoch + 1),  # hyperband may go beyond
        "stop_after": best_epoch + 1,
        "batch_size": batch_size_of(plan.rows, training),
        "patience": None,
        "monitor": "val_loss",
    }
    sections = {
        "training": training.model_copy(update=fixed),
        "split": config.split.model_copy(update={"train_on": "all"}),
        "decision": decision.model_copy(update={"calibrate": False}),
        "ensemble": EnsembleConfig(),
    }
    return config.model_copy(update=sections)


def write_best(tuner: Any, prepared: Prepared, records: Sequence[TrialRecord]) -> None:
    """Write ``best.toml`` and, where it can be, ``final.toml``.

    Args:
        tuner: Of the search.
        prepared: Its data.
        records: All trials.
    """
    best = best_of(records, tuner.publisher.told[1])
    if best is None:
        return
    config = config_of(tuner, best)
    write_text(tuner.folder / "best.toml", to_toml(config))
    final = final_config(config, prepared, best.best_epoch or 0)
    if final is None:
        (tuner.folder / "final.toml").unlink(missing_ok=True)
    else:
        write_text(tuner.folder / "final.toml", _NOTE + to_toml(final))
