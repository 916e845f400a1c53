import json
import os
import signal
import sys
import time

import numpy as np
import pyarrow as pa
import pytest

import mlpkit
from mlpkit.errors import DataError, OutputError, UsageError

pytestmark = pytest.mark.slow

SHORT = {
    "recipe": "none",
    "report": False,
    "model": {"hidden": [8]},
    "training": {"epochs": 3},
}


def short(**changes):
    return {**SHORT, "data": {"target": "y"}, **changes}


def rows(n=60, **columns):
    generator = np.random.default_rng(0)
    x = generator.normal(size=n)
    return {"x": x, "c": np.where(x > 0, "a", "b").tolist(), "y": 3 * x + 1, **columns}


def test_run_folder_is_complete(penguin_run):
    files = {p.name for p in penguin_run.path.iterdir()}
    assert files == {
        "config.toml", "schema.json", "statistics.json", "history.json", "metrics.json",
        "model.keras", "examples.parquet", "report.html",
    }  # fmt: skip
    assert len(penguin_run.history["loss"]) == penguin_run.metrics["epochs"]
    assert penguin_run.config.data.target == ("species",)


def test_network_learns_the_species(penguin_run):
    assert penguin_run.metrics["network"]["test"]["accuracy"] > 0.9
    assert penguin_run.metrics["baseline"]["test"]["accuracy"] > 0.8


def test_same_job_gives_the_same_bits(penguins, tmp_path):
    runs = [
        mlpkit.train(
            {**SHORT, "data": {"target": "species"}}, data=penguins, folder=tmp_path / f
        )
        for f in "ab"
    ]
    assert runs[0].path.name == runs[1].path.name
    for a, b in zip(*(r.model.get_weights() for r in runs), strict=True):
        assert np.array_equal(a, b)
    other = mlpkit.train(
        {**SHORT, "seed": 2, "data": {"target": "species"}},
        data=penguins,
        folder=tmp_path,
    )
    assert other.path.name != runs[0].path.name


def test_opened_run_answers_as_the_trained_one(penguin_run, penguins):
    again = mlpkit.Run.open(penguin_run.path)
    assert again.predict(penguins).equals(penguin_run.predict(penguins))
    found = again.evaluate(penguins)
    assert found["accuracy"] > 0.9


def test_prediction_columns(penguin_run, penguins):
    answers = penguin_run.predict(penguins.drop(["species"]))
    assert answers.column_names == [
        "prediction", "score_Adelie", "score_Chinstrap", "score_Gentoo",
    ]  # fmt: skip
    assert answers.num_rows == penguins.num_rows
    scores = np.stack([answers.column(i).to_numpy() for i in (1, 2, 3)], 1)
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-6)
    names = np.array(["Adelie", "Chinstrap", "Gentoo"])
    assert names[scores.argmax(1)].tolist() == answers.column(0).to_pylist()


@pytest.mark.parametrize(
    ("y", "dtype", "labels"),
    [
        ([5, 7] * 30, pa.int64(), {5, 7}),
        ([True, False] * 30, pa.bool_(), {True, False}),
        (["ja", "nein"] * 30, pa.string(), {"ja", "nein"}),
    ],
)
def test_labels_keep_their_type(tmp_path, y, dtype, labels):
    run = mlpkit.train(short(), data=rows(y=y), folder=tmp_path)
    found = run.predict(rows()).column("prediction")
    assert found.type == dtype
    assert set(found.to_pylist()) <= labels


def test_regression_answers_in_the_units_of_the_table(tmp_path):
    data = rows()
    data["y"] = 1e6 + 1e5 * data["x"]
    config = short(training={"epochs": 40, "learning_rate": 0.02})
    run = mlpkit.train(config, data=data, folder=tmp_path)
    assert run.metrics["network"]["test"]["rmse"] < 5e4
    assert abs(np.mean(run.predict(data).column(0).to_numpy()) - 1e6) < 5e4


def test_several_targets(tmp_path):
    data = rows()
    data["z"] = -data["x"] + 0.5
    run = mlpkit.train(short(data={"target": ["y", "z"]}), data=data, folder=tmp_path)
    assert run.predict(data).column_names == ["prediction_y", "prediction_z"]


def test_quantiles(tmp_path):
    generator = np.random.default_rng(0)
    x = generator.normal(size=1500)
    noise = generator.normal(size=1500) * np.where(x > 0, 3, 1)
    job = short(
        model={"hidden": [16], "dropout": 0.0, "quantiles": [0.1, 0.5, 0.9]},
        training={"epochs": 40, "learning_rate": 0.02},
    )
    data = {"x": x, "y": 500 + 10 * x + noise}
    run = mlpkit.train(job, data=data, folder=tmp_path)
    answers = run.predict(data)
    assert answers.column_names == ["y_q0.1", "y_q0.5", "y_q0.9"]
    found = np.stack(list(answers), axis=1)
    assert np.all(np.diff(found, axis=1) >= 0)
    for value, level in zip(found.T, (0.1, 0.5, 0.9), strict=True):
        assert np.mean(data["y"] <= value) == pytest.approx(level, abs=0.05)
    wide, narrow = (np.ptp(run.predict({"x": [v]}).to_pandas()) for v in (1.0, -1.0))
    assert wide > 1.5 * narrow  # the noise is three times as large
    for model in ("network", "baseline"):
        measured = run.metrics[model]["test"]
        assert list(measured) == ["pinball", "coverage_80", "width_80", "crossing"]
        assert measured["crossing"] == 0
    again = run.evaluate(data)
    within = (found[:, 0] <= data["y"]) & (data["y"] <= found[:, 2])
    assert again["coverage_80"] == pytest.approx(within.mean())
    served = mlpkit.Predictor(mlpkit.export(run, tmp_path / "m", verify=False))
    asked = served.predict({"x": x[:5].tolist()})
    assert list(asked) == answers.column_names
    for name in answers.column_names:
        expected = answers[name].to_numpy()[:5]
        np.testing.assert_allclose(asked[name], expected, rtol=1e-6)


def test_quantiles_of_classes(tmp_path, penguins):
    job = short(data={"target": "species"}, model={"quantiles": [0.5]})
    with pytest.raises(
        UsageError, match=r"model\.quantiles: takes a task 'regression'"
    ):
        mlpkit.train(job, data=penguins, folder=tmp_path)


def test_a_target_has_no_kind_of_a_feature(tmp_path):
    with pytest.raises(UsageError, match=r"columns\.y: must be left out .*data\.task"):
        mlpkit.train(short(columns={"y": "categorical"}), data=rows(), folder=tmp_path)


def test_multilabel(tmp_path):
    data = rows()
    data["y"] = [
        "red|round" if x > 1 else "round" if x > 0 else None for x in data["x"]
    ]
    run = mlpkit.train(short(), data=data, folder=tmp_path)
    answers = run.predict(data)
    assert answers.column_names[:2] == ["prediction_red", "prediction_round"]
    assert answers.schema.field(0).type == pa.bool_()


def test_two_softmax_outputs_instead_of_one_sigmoid(tmp_path):
    data = rows(y=["a", "b"] * 30)
    config = short(data={"target": "y", "task": "binary_softmax"})
    run = mlpkit.train(config, data=data, folder=tmp_path)
    assert run.model.output_shape == (None, 2)


def test_rows_without_target_are_left_out_and_said(tmp_path):
    data = rows()
    data["y"][:5] = np.nan
    notes = []
    run = mlpkit.train(short(), data=data, folder=tmp_path, report=notes.append)
    assert any("5 rows are left out" in note for note in notes)
    assert [n for n in notes if not n.startswith("report: ")] == run.metrics["notes"]
    assert mlpkit.Run.open(run.path).metrics["notes"] == run.metrics["notes"]
    assert sum(run.metrics["rows"].values()) == 55


def test_weights_by_class_and_row(tmp_path):
    data = rows(y=["a"] * 45 + ["b"] * 15, w=np.linspace(0.1, 1, 60))
    balanced = short(
        data={"target": "y", "class_weight": "balanced", "sample_weight": "w"}
    )
    run = mlpkit.train(balanced, data=data, folder=tmp_path)
    assert "w" not in run.answers.encoder.statistics.names
    from mlpkit.config import load_config
    from mlpkit.runs import prepare

    prepared = prepare(load_config(balanced), data)
    train = prepared.split.train
    counts = np.bincount(prepared.y[train])
    expected = data["w"] * (len(train) / (2 * counts))[prepared.y]
    np.testing.assert_allclose(prepared.weight, expected, rtol=1e-6)
    wrong = short(data={"target": "y", "class_weight": {"c": 2.0}})
    with pytest.raises(UsageError, match="no class 'c'"):
        prepare(load_config(wrong), data)


def test_validation_and_test_files(tmp_path):
    import pyarrow.csv

    table = pa.table(rows())
    for name, part in {
        "a": slice(0, 40),
        "b": slice(40, 50),
        "c": slice(50, 60),
    }.items():
        pyarrow.csv.write_csv(table[part], tmp_path / f"{name}.csv")
    config = tmp_path / "job.toml"
    config.write_text(
        '[data]\npath = "a.csv"\nvalidation = "b.csv"\ntest = "c.csv"\ntarget = "y"\n'
        "[model]\nhidden = [4]\n[training]\nepochs = 2\n"
    )
    run = mlpkit.train(config, folder=tmp_path)
    assert run.metrics["rows"] == {"train": 40, "validation": 10, "test": 10}
    assert mlpkit.load_config(run.path / "config.toml") == run.config


def test_statistics_are_learned_from_training_rows_only(tmp_path):
    data = rows()
    data["part"] = ["train"] * 40 + ["validation"] * 10 + ["test"] * 10
    data["x"][40:] += 1000
    run = mlpkit.train(short(split={"column": "part"}), data=data, folder=tmp_path)
    saved = json.loads((run.path / "statistics.json").read_text())
    center = next(c for c in saved["columns"] if c["name"] == "x")["center"]
    assert center == pytest.approx(np.median(data["x"][:40]))


def test_identifier_is_left_out_although_the_split_shuffles_it(tmp_path):
    notes = []
    data = rows(id=list(range(1, 61)))
    mlpkit.train(short(), data=data, folder=tmp_path, report=notes.append)
    assert any("'id': left out" in note for note in notes)


def test_diverging_training_says_what_to_do(tmp_path):
    config = short(
        preprocessing={"standardize_target": False},
        training={"optimizer": "sgd", "learning_rate": 1e30, "epochs": 2},
    )
    with pytest.raises(DataError, match="lower learning rate .*rate is 1e.30"):
        mlpkit.train(config, data=rows(), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_patience_that_was_asked_for_needs_validation_rows(tmp_path):
    split = {"validation_fraction": 0.0}
    training = {"epochs": 2, "patience": 5}
    with pytest.raises(UsageError, match="patience needs validation rows to tell 'val"):
        mlpkit.train(
            short(split=split, training=training), data=rows(), folder=tmp_path
        )
    # one that nobody asked for is left away, also when the run's settings are read
    run = mlpkit.train(short(split=split), data=rows(), folder=tmp_path)
    assert len(run.history["loss"]) == 3
    again = mlpkit.train(run.path / "config.toml", data=rows(), folder=tmp_path / "b")
    assert again.history == run.history


def test_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="must be writable"):
        mlpkit.train(short(), data=rows(), folder=tmp_path / "file" / "runs")


def test_no_run_in_a_folder(tmp_path):
    with pytest.raises(UsageError, match="must be a run folder"):
        mlpkit.Run.open(tmp_path)
    (tmp_path / "saved_model.pb").touch()
    with pytest.raises(UsageError, match="mlpkit.Predictor answers with an exported"):
        mlpkit.Run.open(tmp_path)
    with pytest.raises(UsageError, match="data.path"):
        mlpkit.train(short())


def test_metrics_do_not_weigh_classes_but_rows(tmp_path):
    data = rows(y=["a"] * 45 + ["b"] * 15)
    config = short(
        data={"target": "y", "class_weight": "balanced"}, split={"column": "p"}
    )
    data["p"] = ["train", "validation", "test"] * 20
    run = mlpkit.train(config, data=data, folder=tmp_path)
    test = {k: [v for v, p in zip(data[k], data["p"], strict=True) if p == "test"]
            for k in ("x", "c", "y")}  # fmt: skip
    assert run.evaluate(test) == pytest.approx(run.metrics["network"]["test"])


@pytest.mark.parametrize("name", ["my data (1).csv", "données.csv", "..csv"])
def test_any_file_name_will_do(tmp_path, name):
    import pyarrow.csv

    pyarrow.csv.write_csv(pa.table(rows()), tmp_path / name)
    config = short(data={"path": str(tmp_path / name), "target": "y"})
    run = mlpkit.train(config, folder=tmp_path / "runs")
    assert run.path.is_dir()


def test_evaluate_says_how_many_rows_count(penguin_run, penguins):
    said = []
    some = penguins.slice(0, 30).to_pydict()
    some["species"][:4] = [None] * 4
    penguin_run.evaluate(some, report=said.append)
    assert said == ["26 rows (4 without a target left out)"]


def test_goes_on_after_a_failure_behind_the_training(tmp_path, monkeypatch):
    expected = mlpkit.train(short(), data=rows(), folder=tmp_path / "whole")
    folder = tmp_path / "runs"

    def killed(*_):
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["mlpkit.runs.train"], "measure", killed)
        with pytest.raises(ConnectionError):
            mlpkit.train(short(), data=rows(), folder=folder)
    name = expected.path.name
    assert [p.name for p in folder.iterdir()] == [f".{name}.checkpoint"]
    notes = []
    run = mlpkit.train(short(), data=rows(), folder=folder, report=notes.append)
    assert any(note.startswith("going on from epoch 3, as ") for note in notes)
    assert list(folder.iterdir()) == [run.path]
    assert_same(run, expected)


def assert_same(run, expected):
    assert run.path.name == expected.path.name
    assert run.history == expected.history
    assert {**run.metrics, "seconds": 0} == {**expected.metrics, "seconds": 0}
    for a, b in zip(run.model.get_weights(), expected.model.get_weights(), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize(
    ("setting", "epochs", "waits"),
    [
        ("data.stream=true", 40, (0.1,)),
        ("data.stream=false", 200, (0.1,)),
        ("ensemble=folds", 80, (0.1,)),
    ],
)
def test_sigkill_of_the_command(tmp_path, root, forked, setting, epochs, waits):
    """Killed at its first checkpoint, and some time after a later one."""
    job = root / "configs/penguins.toml"
    overrides = [
        setting, "recipe=none", "report=false", f"training.epochs={epochs}",
        "training.patience=5000", "training.checkpoint_seconds=0.01",
    ]  # fmt: skip
    command = ["mlpkit", "train", job]
    command += [part for given in overrides for part in ("--set", given)]

    def start(folder):
        return forked(*command, "--runs", tmp_path / folder)

    def written(process, before):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            for file in (tmp_path / "killed").glob(".*.checkpoint"):
                if file.stat().st_mtime_ns != before:
                    return file.stat().st_mtime_ns
            time.sleep(0.002)
        raise AssertionError("there must be a checkpoint while the training runs")

    last = 0
    for wait in waits:
        process = start("killed")
        last = written(process, last)
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert not list((tmp_path / "killed").glob("*/metrics.json"))
        (file,) = (tmp_path / "killed").glob(".*.checkpoint")
        last = file.stat().st_mtime_ns
    said, _ = start("killed").communicate()
    assert "going on from epoch " in said
    whole = mlpkit.train(job, overrides=overrides, folder=tmp_path / "whole")
    (path,) = (tmp_path / "killed").iterdir()  # no checkpoint is left
    assert_same(mlpkit.Run.open(path), whole)
