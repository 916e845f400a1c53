import numpy as np
import pytest

import mlpkit
from mlpkit.errors import DataError, UsageError
from mlpkit.runs import Run

pytestmark = pytest.mark.slow

CONFIG = {
    "name": "birds",
    "recipe": "none",
    "model": {"dropout": 0.0},
    "data": {"target": "body_mass_g"},
    "training": {"epochs": 4, "batch_size": 32},
    "search": {
        "trials": 5,
        "ensemble": 3,
        "space": {
            "depth": {"int": [1, 1]},
            "width": [64],
            "learning_rate": {"log": [0.002, 0.003]},
        },
    },
}


@pytest.fixture(scope="module")
def searched(penguins, tmp_path_factory):
    folder, lines = tmp_path_factory.mktemp("searches"), []
    result = mlpkit.tune(CONFIG, data=penguins, folder=folder, report=lines.append)
    (path,) = folder.glob("birds_ensemble-*")
    return result, Run.open(path), lines


def test_answers_are_the_weighted_mean_of_the_trials(searched, penguins):
    result, run, _ = searched
    told = run.metrics["ensemble"]
    assert told["considered"] == 3
    assert len(told["members"]) > 1
    assert sum(m["weight"] for m in told["members"]) == pytest.approx(1)
    expected = 0.0
    for member in told["members"]:
        model = result.tuner.load_model(result.tuner.oracle.get_trial(member["trial"]))
        alone = run.answers.by(model).scores(penguins).astype(np.float64)
        expected = expected + member["weight"] * alone
    found = run.answers.scores(penguins)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    predicted = run.predict(penguins).column("prediction").to_numpy()
    np.testing.assert_allclose(predicted, expected[:, 0], rtol=1e-5)


def test_losses_are_those_of_the_validation_rows(searched):
    result, run, _ = searched
    told = run.metrics["ensemble"]
    losses = {r.trial: r.score for r in result.records}
    for member in told["members"]:
        assert member["loss"] == pytest.approx(losses[member["trial"]], rel=1e-5)
    assert told["single"] == pytest.approx(min(losses.values()), rel=1e-5)
    assert told["loss"] < told["single"]
    error = run.metrics["network"]["validation"]["rmse"] / run.answers.scaling.std[0]
    assert told["loss"] == pytest.approx(error**2, rel=1e-4)  # of the scaled target


def test_is_told_everywhere(searched):
    result, run, lines = searched
    assert lines[-1] == f"run: {run.path}"
    assert lines[-2].startswith("ensemble: validation loss ")
    assert run.name == "birds_ensemble"
    # the report names the latest ensemble, which another test may have drawn again
    assert f"saved as the run {run.name}" in result.report.read_text("utf-8")
    assert "best trial alone" in (run.path / "report.html").read_text("utf-8")


def test_fewer_trials_on_demand(searched):
    result, _, _ = searched
    run = result.ensemble(1)
    best = min(result.records, key=lambda r: r.score)
    (member,) = run.metrics["ensemble"]["members"]
    assert (member["trial"], member["weight"]) == (best.trial, 1.0)


def test_exported_like_any_run(searched, penguins, tmp_path):
    _, run, _ = searched
    path = mlpkit.export(run, tmp_path / "model", verify=False)
    rows = penguins.slice(0, 20)
    found = mlpkit.Predictor(path).predict(rows.to_pylist())
    expected = run.predict(rows).column("prediction").to_numpy()
    np.testing.assert_allclose(found["prediction"], expected, rtol=1e-5)


def test_what_cannot_be(searched, penguins, tmp_path):
    result, _, _ = searched
    search = {**CONFIG["search"], "folds": 2}
    with pytest.raises(UsageError, match="rows that no trial has trained on, leave"):
        mlpkit.tune({**CONFIG, "search": search}, data=penguins, folder=tmp_path)
    search = {"folds": 2, "trials": 1, "space": CONFIG["search"]["space"]}
    folds = mlpkit.tune({**CONFIG, "search": search}, data=penguins, folder=tmp_path)
    with pytest.raises(UsageError, match="leave out folds"):
        folds.ensemble()
    kept = list(result.path.glob("trial_*/weights.npz"))
    for path in kept:
        path.rename(path.with_suffix(".aside"))
    with pytest.raises(DataError, match="needs a trial whose weights are kept"):
        result.ensemble()
    for path in kept:
        path.with_suffix(".aside").rename(path)
