"""Jobs of several networks: folds, seeds, shared weights."""

import json

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

import mlpkit
from mlpkit.errors import DataError, UsageError

pytestmark = pytest.mark.slow

JOB = {
    "report": False,
    "data": {"target": "y"},
    "model": {"hidden": [8]},
    "training": {"epochs": 6, "learning_rate": 0.02, "batch_size": 32},
}


def rows(n=150):
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, n))
    noisy = x * z + 0.5 * rng.normal(size=n)
    return {"x": x, "z": z, "c": rng.choice([*"abc"], n), "value": noisy}


def table(kind="classes", n=150):
    columns = rows(n)
    value = columns.pop("value")
    named = {
        "classes": np.where(value > 0, "yes", "no").tolist(),
        "three": np.digitize(value, [-0.5, 0.5]).astype(str).tolist(),
        "numbers": (100 + 20 * value).tolist(),
        "labels": np.where(value > 0, "a|b", "b").tolist(),
    }
    return columns | {"y": named[kind]}


def job(ensemble, **more):
    return {**JOB, "ensemble": ensemble, **more}


@pytest.fixture(scope="module")
def folds_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return mlpkit.train(
        job({"name": "folds", "members": 3}), data=table(), folder=folder
    )


def test_folds_answer_and_come_back(folds_run):
    answers = folds_run.predict(table())
    assert answers.column_names == ["prediction", "score_no", "score_yes"]
    assert answers.num_rows == 150
    assert folds_run.predict({k: v[:1] for k, v in table().items()}).num_rows == 1
    again = mlpkit.Run.open(folds_run.path)
    assert again.predict(table()).equals(answers)
    assert again.config.ensemble.count == 3
    metrics = json.loads((folds_run.path / "metrics.json").read_text())
    assert len(metrics["best_epoch_of_members"]) == 3
    assert metrics["best_epoch"] is None
    history = again.history
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(values) == 6 for values in history.values())


def test_out_of_fold_answers_are_of_the_member_that_held_the_row_out(folds_run):
    found = folds_run.out_of_fold
    assert found.column_names == [
        "row", "fold", "y", "prediction", "score_no", "score_yes"
    ]  # fmt: skip
    counts = folds_run.metrics["rows"]
    assert found.num_rows == counts["train"] + counts["validation"]
    row = found["row"].to_numpy()
    assert (np.diff(row) > 0).all()
    y = np.array(table()["y"])[row]
    assert found["y"].to_pylist() == y.tolist()
    # two classes in three folds: as many of each, give or take one
    fold = found["fold"].to_numpy()
    for label in ("yes", "no"):
        assert np.ptp(np.bincount(fold[y == label])) <= 1
    told = folds_run.metrics["network"]["validation"]
    scores = found["score_yes"].to_numpy()
    assert told["auc"] == pytest.approx(roc_auc_score(y, scores))
    assert told["accuracy"] == accuracy_score(y, found["prediction"].to_pylist())
    mean = np.array(folds_run.predict(table())["score_yes"])[row]
    assert np.abs(mean - scores).max() > 1e-3  # members differ from their mean
    assert np.corrcoef(mean, scores)[0, 1] > 0.5


def test_baseline_is_measured_on_the_same_rows(folds_run):
    metrics = folds_run.metrics
    assert set(metrics["baseline"]) == set(metrics["network"]) == {"validation", "test"}


@pytest.mark.parametrize("kind", ["numbers", "three", "labels"])
def test_folds_of_every_task(kind, tmp_path):
    given = job({"name": "folds", "members": 3}, split={"validation_fraction": 0})
    run = mlpkit.train(given, data=table(kind), folder=tmp_path)
    found, answers = run.out_of_fold, run.predict(table(kind))
    assert set(answers.column_names) <= set(found.column_names)
    if kind == "numbers":
        y, p = (found[name].to_numpy() for name in ("y", "prediction"))
        rmse = np.sqrt(np.mean((y - p) ** 2))
        assert run.metrics["network"]["validation"]["rmse"] == pytest.approx(rmse)
        assert 0.3 * y.std() < rmse < 1.2 * y.std()
        assert "val_rmse" in run.history


def test_seeds_differ_and_choose_on_the_same_rows(tmp_path):
    given = job({"name": "seeds", "members": 2}, recipe="lecture")
    run = mlpkit.train(given, data=table(), folder=tmp_path)
    assert run.out_of_fold is None
    assert len(run.metrics["best_epoch_of_members"]) == 2
    kernel = next(w for w in run.model.weights if w.path == "hidden_1/kernel").numpy()
    assert kernel.shape[0] == 2
    assert np.abs(kernel[0] - kernel[1]).max() > 0.1


def test_members_with_shared_weights(tmp_path):
    given = job({"name": "tabm", "members": 4}, recipe="default")
    given["training"] = {"epochs": 4}
    run = mlpkit.train(given, data=table("numbers"), folder=tmp_path)
    assert run.config.ensemble.count == 4
    assert run.metrics["best_epoch"] in range(4)
    assert {"val_loss", "val_average_loss", "val_rmse"} <= set(run.history)
    # the monitored value is of the mean answer, which no mean of losses is
    assert run.history["val_average_loss"] < run.history["val_loss"]
    assert len(run.predict(table("numbers"))["prediction"]) == 150


def test_same_job_gives_the_same_bits(folds_run, tmp_path):
    again = mlpkit.train(
        job({"name": "folds", "members": 3}), data=table(), folder=tmp_path
    )
    assert again.path.name == folds_run.path.name
    assert again.predict(table()).equals(folds_run.predict(table()))
    assert again.out_of_fold.equals(folds_run.out_of_fold)


def test_what_cannot_be_is_refused(tmp_path):
    def fails(error, match, ensemble, data=None, **more):
        with pytest.raises(error, match=match):
            mlpkit.train(
                job(ensemble, **more), data=data or table(n=20), folder=tmp_path
            )

    mirrored = {"training": {"strategy": "mirrored"}}
    fails(UsageError, "'folds': trains on one device.*'mirrored'", "folds", **mirrored)
    no_validation = {"split": {"validation_fraction": 0}}
    fails(UsageError, "set split.validation_fraction", "seeds", **no_validation)
    many = {"name": "folds", "members": 30}
    fails(DataError, "30 folds need as many rows", many)
    fails(UsageError, "ensemble.name: must be 'none', 'folds'", "bags")
    fails(UsageError, "greater than or equal to 2, got 1", {"members": 1})


def test_streams_are_refused(tmp_path):
    path = tmp_path / "rows.parquet"
    pa.parquet.write_table(pa.table(table()), path)
    data = {"target": "y", "path": str(path), "stream": True}
    with pytest.raises(UsageError, match="needs its rows in memory, and they are str"):
        mlpkit.train(job("folds", data=data), folder=tmp_path)
    run = mlpkit.train(job({"name": "tabm", "members": 2}, data=data), folder=tmp_path)
    assert run.predict(table()).num_rows == 150


def test_export_averages(folds_run, tmp_path):
    import tensorflow as tf

    from mlpkit.preprocessing import raw_columns

    path = mlpkit.export(folds_run, tmp_path / "model", verify=False)
    serve = tf.saved_model.load(str(path)).signatures["serving_default"]
    raw = raw_columns(pa.table(table()), folds_run.answers.encoder.statistics)
    found = serve(**{k: tf.constant(v) for k, v in raw.items()})["scores"].numpy()
    expected = folds_run.predict(table())
    np.testing.assert_allclose(found[:, 1], expected["score_yes"], atol=1e-6)


def test_folds_are_calibrated_on_their_out_of_fold_answers(tmp_path):
    given = job({"name": "folds", "members": 3}, split={"validation_fraction": 0})
    given |= {"report": True, "decision": {"calibrate": True, "threshold": "f1"}}
    run = mlpkit.train(given, data=table(), folder=tmp_path)
    assert run.metrics["calibration"]["value"] > 0
    assert len(run.metrics["thresholds"]) == 1
    assert (run.path / "report.html").is_file()
    # the temperature is in the out-of-fold scores too
    found = run.out_of_fold
    y, p = (found[name].to_numpy(zero_copy_only=False) for name in ("y", "score_yes"))
    told = run.metrics["network"]["validation"]
    assert told["log_loss"] == pytest.approx(log_loss(y == "yes", p))


def test_quantiles_of_folds(tmp_path):
    given = job({"name": "folds", "members": 3})
    given["model"] = {"hidden": [8], "quantiles": [0.1, 0.5, 0.9]}
    run = mlpkit.train(given, data=table("numbers"), folder=tmp_path)
    answers = run.predict(table("numbers"))
    assert answers.column_names == ["y_q0.1", "y_q0.5", "y_q0.9"]
    assert set(answers.column_names) <= set(run.out_of_fold.column_names)
    low, middle, high = (column.to_numpy() for column in answers)
    assert (low <= middle).all()
    assert (middle <= high).all()


def test_folds_with_weights_and_a_split_by_column(tmp_path):
    rng = np.random.default_rng(1)
    given = table() | {
        "w": rng.integers(0, 3, 150),
        "part": rng.choice(["train", "validation", "test"], 150).tolist(),
    }
    config = job({"name": "folds", "members": 3}, split={"column": "part"})
    config["data"] = {"target": "y", "sample_weight": "w", "class_weight": "balanced"}
    run = mlpkit.train(config, data=given, folder=tmp_path)
    found = run.out_of_fold
    row = found["row"].to_numpy()
    expected = np.flatnonzero(np.array(given["part"]) != "test")
    assert row.tolist() == expected.tolist()
    told = run.metrics["network"]["validation"]["accuracy"]
    y, answer = (found[name].to_pylist() for name in ("y", "prediction"))
    weighted = accuracy_score(y, answer, sample_weight=given["w"][row])
    assert told == pytest.approx(weighted)
