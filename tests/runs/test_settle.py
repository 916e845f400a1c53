"""Temperature, thresholds and bounds, checked against the rows they come from."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import f1_score, log_loss

import mlpkit
from mlpkit import build_model, load_config
from mlpkit.errors import UsageError
from mlpkit.evaluation import expected_calibration_error
from mlpkit.runs.decision import Decision
from mlpkit.runs.measured import settled_answers
from mlpkit.runs.prepare import prepare
from mlpkit.runs.settle import check_decision

pytestmark = pytest.mark.slow

ROWS = 800


def job(**changes):
    return {
        "report": False,
        "data": {"target": "y"},
        "split": {"validation_fraction": 0.4},
        "model": {"hidden": [16]},
        "training": {"epochs": 8, "learning_rate": 0.02, "label_smoothing": 0.2},
        **changes,
    }


def table(seed=0, rows=ROWS):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 2))
    p = 1 / (1 + np.exp(-3 * x[:, 0] + x[:, 1] + 2))
    return {
        "a": x[:, 0],
        "b": x[:, 1],
        "y": np.where(rng.uniform(size=rows) < p, "yes", "no").tolist(),
    }


def held_back(run, data, part="validation"):
    """The rows of a part, their classes, and P(yes) as the network gives it."""
    prepared = prepare(run.config, data)
    rows = prepared.split.parts()[part]
    p = run.model(prepared.x[rows]).numpy()[:, 0].astype(np.float64)
    return prepared.table.take(rows), prepared.y[rows], p


@pytest.fixture(scope="module")
def smoothed(tmp_path_factory):
    data = table()
    folder = tmp_path_factory.mktemp("runs")
    return mlpkit.train(job(decision={"threshold": "f1"}), data=data, folder=folder)


def test_temperature_is_that_of_the_least_loss(smoothed):
    rows, y, p = held_back(smoothed, table())
    z = np.log(p) - np.log1p(-p)
    losses = {t: log_loss(y, 1 / (1 + np.exp(-z / t))) for t in np.arange(0.1, 3, 0.01)}
    found = smoothed.metrics["calibration"]
    assert found["value"] == pytest.approx(min(losses, key=losses.get), abs=0.006)
    assert found["value"] < 0.95  # smoothed labels made the network timid
    assert (
        found["log_loss_after"]
        < found["log_loss_before"]
        == pytest.approx(log_loss(y, p), rel=1e-5)
    )
    answered = smoothed.predict(rows)["score_yes"].to_numpy()
    expected = 1 / (1 + np.exp(-z / found["value"]))
    np.testing.assert_allclose(answered, expected, rtol=1e-4, atol=1e-6)
    measured = smoothed.metrics["network"]["validation"]["log_loss"]
    assert measured == pytest.approx(found["log_loss_after"], rel=1e-5)


def test_errors_of_calibration_before_and_after(smoothed):
    found = smoothed.metrics["calibration"]
    for part, name in (("validation", ""), ("test", "test_")):
        rows, y, p = held_back(smoothed, table(), part)
        after = smoothed.predict(rows)["score_yes"].to_numpy()
        for when, score in (("before", p), ("after", after)):
            expected = expected_calibration_error(
                "binary", y, np.stack([1 - score, score], 1)
            )
            assert found[f"{name}ece_{when}"] == pytest.approx(expected, abs=1e-4)


def test_threshold_is_the_best_on_validation_rows(smoothed):
    rows, y, _ = held_back(smoothed, table())
    answers = smoothed.predict(rows)
    yes = np.array(answers["prediction"].to_pylist()) == "yes"
    score = answers["score_yes"].to_numpy()
    best = max(f1_score(y, score > t) for t in np.append(-1, score))
    assert f1_score(y, yes) == pytest.approx(best)
    assert smoothed.metrics["network"]["validation"]["f1"] == pytest.approx(best)
    (found,) = smoothed.metrics["thresholds"]
    assert found["reached"] == pytest.approx(best)
    assert np.array_equal(yes, score > np.float32(found["value"]))
    assert smoothed.evaluate(rows)["f1"] == pytest.approx(best)


def test_export_answers_by_temperature_and_threshold(smoothed, tmp_path):
    exported = mlpkit.Predictor(mlpkit.export(smoothed, tmp_path / "m", verify=False))
    data = table(seed=1, rows=100)
    answers = smoothed.predict(data)
    found = exported.predict({name: data[name].tolist() for name in "ab"})
    np.testing.assert_allclose(
        found["scores"][:, 1], answers["score_yes"].to_numpy(), rtol=1e-5, atol=1e-6
    )
    assert found["classes"].tolist() == answers["prediction"].to_pylist()
    told = exported.manifest["decision"]
    assert told["temperature"] == smoothed.metrics["calibration"]["value"]
    assert told["thresholds"] == [smoothed.metrics["thresholds"][0]["value"]]


def settled(columns=None, *, scale=1, **changes):
    """Answers of a network that has not been trained, which is enough here."""
    prepared = prepare(
        load_config(job(**changes)), table() if columns is None else columns
    )
    check_decision(prepared)
    model = build_model(
        prepared.target.task,
        num_features=prepared.x.shape[1],
        num_outputs=prepared.target.num_outputs,
        hidden=(),
        seed=3,
    )
    model.set_weights([scale * w for w in model.get_weights()])
    return prepared, *settled_answers(prepared, model)


def test_auto_needs_a_hundred_rows():
    few = table(rows=200)  # 80 for validation
    assert "calibration" not in settled(few)[2]
    _, answers, found = settled(few, scale=-1, decision={"calibrate": True})
    assert answers.decision.temperature == found["calibration"]["value"] != 1
    _, answers, found = settled(decision={"calibrate": False})
    assert "calibration" not in found
    assert answers.decision.temperature == 1


def test_costs():
    costs = {"false_positive": 9.0, "false_negative": 1.0}
    prepared, answers, _ = settled(decision={"threshold": costs})
    rows = prepared.split.validation
    found, y = answers(prepared.table.take(rows)), prepared.y[rows]
    score = found["scores"][:, 1]

    def cost(yes):
        return np.mean(9 * (yes & (y == 0)) + (~yes & (y == 1)))

    least = min(cost(score > t) for t in np.append(-1, score))
    assert cost(found["classes"] == b"yes") == pytest.approx(least)


def test_given_threshold():
    prepared, answers, found = settled(decision={"threshold": 0.2})
    assert "thresholds" not in found  # nothing was chosen
    said = answers(prepared.table)
    assert np.array_equal(said["classes"] == b"yes", said["scores"][:, 1] > 0.2)


def test_each_label_has_its_own():
    x = np.random.default_rng(0).normal(size=300)
    data = {"x": x, "p": (x > 1).tolist(), "q": (x < -0.5).tolist()}
    prepared, answers, found = settled(
        data, data={"target": ["p", "q"]}, decision={"threshold": "f1"}
    )
    said = answers(prepared.table)
    values = np.array([t["value"] for t in found["thresholds"]], np.float32)
    assert values[0] != values[1]
    assert np.array_equal(said["classes"], said["scores"] > values)


REGRESSION = {"x": np.linspace(-1, 1, 100), "y": np.linspace(3, 8, 100)}


def test_clamped_to_the_training_target():
    far = pa.table({"x": [-2.0, 2.0]})
    _, free, _ = settled(REGRESSION, scale=99)
    prepared, held, _ = settled(REGRESSION, scale=99, decision={"clamp": True})
    y = prepared.y[prepared.split.train]
    found = sorted(held(far)["prediction"].tolist())
    assert np.abs(free(far)["prediction"]).max() > y.max() + 1
    assert min(found) >= np.float32(y.min())
    assert max(found) <= np.float32(y.max())
    assert found == pytest.approx(sorted(np.clip(free(far)["prediction"], *found)))


@pytest.mark.parametrize(
    ("data", "changes", "message"),
    [
        (REGRESSION, {"threshold": "f1"}, "threshold: takes a task with yes and no"),
        (REGRESSION, {"threshold": 0.4}, "threshold: takes .* got 'regression'"),
        (REGRESSION, {"calibrate": True}, "calibrate: takes a task with classes"),
        (None, {"clamp": True}, "clamp: takes a task 'regression', got 'binary'"),
    ],
)
def test_must_fit_the_task(data, changes, message):
    with pytest.raises(UsageError, match=rf"decision\.{message}"):
        settled(data, decision=changes)


@pytest.mark.parametrize("decision", [{"threshold": "f1"}, {"calibrate": True}])
def test_without_validation_rows(decision):
    (key,) = decision
    split = {"validation_fraction": 0}
    message = rf"decision\.{key}: is chosen on validation rows"
    with pytest.raises(UsageError, match=message):
        settled(split=split, decision=decision)
    assert settled(split=split)[1].decision == Decision()
