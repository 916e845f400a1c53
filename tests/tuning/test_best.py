from dataclasses import replace
from types import SimpleNamespace

import pytest

import mlpkit
from mlpkit.config import load_config
from mlpkit.runs import prepare
from mlpkit.tuning.best import best_of, final_config
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import Objective

pytestmark = pytest.mark.slow

JOB = {
    "name": "birds",
    "recipe": "none",
    "report": False,
    "data": {"target": "species"},
    "model": {"hidden": [4]},
    "training": {"epochs": 6, "schedule": "flat_cosine", "patience": 3, "seed": 5},
}


def record(number, loss, accuracy, status="completed"):
    metrics = {"val_loss": loss, "val_accuracy": accuracy}
    return TrialRecord(f"{number}", number, status, {}, 1, loss, metrics)


def test_best_trial():
    loss, accuracy = Objective("val_loss"), Objective("val_accuracy", "max")
    found = [record(1, 0.5, 0.9), record(2, 0.4, 0.7), record(3, 0.1, 1.0, "failed")]
    assert best_of(found, [loss]).number == 2
    assert best_of(found, [accuracy]).number == 1
    assert best_of(found, [loss, accuracy]).number == 2  # both are of the front
    assert best_of(found[2:], [loss]) is None


def test_final_training_is_the_trials_own_up_to_its_best_epoch(penguins, tmp_path):
    config = load_config(JOB)
    prepared = prepare(config, penguins)
    final = final_config(config, prepared, best_epoch=2)
    # on the rows of the trial it takes the same steps, and ends with the best epoch
    same = final.model_copy(update={"split": config.split})
    trial = mlpkit.train(config, data=penguins, folder=tmp_path)
    stopped = mlpkit.train(same, data=penguins, folder=tmp_path)
    assert stopped.history["val_loss"] == trial.history["val_loss"][:3]
    every = mlpkit.train(final, data=penguins, folder=tmp_path)
    assert every.metrics["rows"] == {
        "train": sum(prepared.rows.values()),
        "validation": 0,
        "test": 0,
    }
    assert every.metrics["epochs"] == 3
    assert every.config.training.batch_size == 32  # as of the trial's rows


@pytest.mark.parametrize("threshold", ["f1", {"false_positive": 1.0}])
def test_what_needs_validation_rows_cannot_be_final(penguins, threshold):
    job = {**JOB, "data": {"target": "sex"}, "decision": {"threshold": threshold}}
    config = load_config(job)
    assert final_config(config, prepare(config, penguins), 2) is None


def test_streamed_rows_cannot_be_final(penguins):
    config = load_config(JOB)
    prepared = replace(prepare(config, penguins), stream=SimpleNamespace())
    assert final_config(config, prepared, 2) is None
