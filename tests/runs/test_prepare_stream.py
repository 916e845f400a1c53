"""Jobs whose rows stay on disk end as jobs in memory do."""

import os

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import mlpkit
from mlpkit.config import ModelConfig, load_config
from mlpkit.data import RowSplit
from mlpkit.errors import DataError, UsageError
from mlpkit.runs import prepare, prepare_stream
from mlpkit.runs.train import train_network

pytestmark = pytest.mark.slow

SHORT = {
    "recipe": "none",
    "report": False,
    "model": {"hidden": [8]},
    "training": {"epochs": 3, "batch_size": 32},
}


def rows(n=600):
    generator = np.random.default_rng(0)
    x = generator.normal(size=n)
    return pa.table(
        {
            "x": x,
            "c": np.where(generator.random(n) < 0.5, "a", "b"),
            "w": generator.uniform(0.5, 2, n),
            "y": 1e4 + 1e3 * x,
            "label": np.where(x > 0.8, "rare", "often"),
        }
    )


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rows.parquet"
    pa.parquet.write_table(rows(), path, row_group_size=128)
    return path


def job(path, target="y", *, data=None, **changes):
    data = {"path": str(path), "target": target, "stream": True, **(data or {})}
    return {**SHORT, "columns": {"label": "ignore"}, **changes, "data": data}


def parts(n=600, validation=0.15, test=0.15):
    return RowSplit(validation, test).part(np.arange(n, dtype=np.uint64))


def test_parts_and_targets_against_the_whole_table(file):
    prepared = prepare(load_config(job(file)))
    part, whole = parts(), rows()
    y = whole.column("y").to_numpy()
    for number, name in enumerate(("train", "validation", "test")):
        assert prepared.rows[name] == (part == number).sum()
    for number, name in enumerate(("validation", "test"), start=1):
        held = prepared.split.parts()[name]
        np.testing.assert_array_equal(prepared.y[held, 0], y[part == number])
        expected = (y[part == number] - y[part == 0].mean()) / y[part == 0].std()
        x, scaled = prepared.batch(held)
        np.testing.assert_allclose(scaled[:, 0], expected, rtol=1e-5)
        assert len(x) == len(scaled)
    buffers = prepared.training(32)["x"].epoch(0)
    streamed = np.concatenate([y for _, y, _ in buffers])[:, 0]
    expected = (y[part == 0] - y[part == 0].mean()) / y[part == 0].std()
    np.testing.assert_allclose(np.sort(streamed), np.sort(expected), rtol=1e-5)


def test_a_run_tells_what_it_would_in_memory(file, tmp_path):
    notes = []
    training = {"epochs": 60, "batch_size": 32, "learning_rate": 0.02}
    run = mlpkit.train(
        job(file, training=training), folder=tmp_path / "runs", report=notes.append
    )
    assert any("streamed" in note for note in notes)
    assert list((tmp_path / "runs").iterdir()) == [run.path]
    test = rows().filter(pa.array(parts() == 2))
    assert run.evaluate(test) == pytest.approx(run.metrics["network"]["test"])
    assert run.metrics["network"]["test"]["rmse"] < 150
    assert run.metrics["baseline"]["test"]["rmse"] < 150
    assert run.metrics["rows"]["train"] == (parts() == 0).sum()
    assert run.config.data.path == str(file)
    assert set(run.examples.column("x").to_pylist()) <= set(
        test.column("x").to_pylist()
    )


def test_same_files_same_bits_and_another_name_for_changed_ones(file, tmp_path):
    runs = [mlpkit.train(job(file), folder=tmp_path / f) for f in "ab"]
    assert runs[0].path.name == runs[1].path.name
    for a, b in zip(*(r.model.get_weights() for r in runs), strict=True):
        assert np.array_equal(a, b)
    names = {runs[0].path.name}
    for data in ({"buffer_rows": 64}, {"stream": False}):
        identity = prepare(load_config(job(file, data=data))).identity
        names.add(f"rows-{identity}")
    os.utime(file, ns=(1, 1))
    names.add(f"rows-{prepare(load_config(job(file))).identity}")
    assert len(names) == 4


def test_steps_of_the_schedule_are_those_of_the_training(file):
    schedule = {"name": "one_cycle"}
    training = {"epochs": 3, "batch_size": 32, "schedule": schedule}
    config = load_config(job(file, training=training))
    prepared = prepare(config)
    network, _ = train_network(
        prepared, ModelConfig(hidden=(4,)), config.training, label=""
    )
    steps = 3 * -(-prepared.rows["train"] // 32)
    assert network.optimizer.iterations.numpy() == steps
    assert network.optimizer._learning_rate.total_steps == steps


def test_balanced_classes_and_row_weights(file):
    data = {"class_weight": "balanced", "sample_weight": "w"}
    prepared = prepare(load_config(job(file, "label", data=data, columns={})))
    train = rows().filter(pa.array(parts() == 0))
    labels, w = train.column("label").to_pylist(), train.column("w").to_numpy()
    by_class = {k: len(labels) / (2 * labels.count(k)) for k in ("often", "rare")}
    expected = [by_class[k] * v for k, v in zip(labels, w, strict=True)]
    found = np.concatenate([w for *_, w in prepared.training(32)["x"].epoch(0)])
    np.testing.assert_allclose(np.sort(found), np.sort(expected), rtol=1e-5)
    held = prepared.split.validation
    w = rows().column("w").to_numpy()[parts() == 1]
    np.testing.assert_allclose(prepared.sample_weight[held], w)
    wrong = job(file, "label", data={"class_weight": {"rar": 2.0}})
    with pytest.raises(UsageError, match="no class 'rar'; did you mean 'rare'"):
        prepare(load_config(wrong))


def test_a_folder_of_csv_files_with_types(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    table = rows()
    codes = [f"0{i % 7}" for i in range(600)]
    table = table.append_column("code", [codes])
    for start in (0, 300):
        pyarrow.csv.write_csv(table.slice(start, 300), folder / f"{start}.csv")
    data = {"stream": "auto", "types": {"code": "string"}}
    config = load_config(job(folder, data=data))
    prepared = prepare(config)
    assert prepared.stream is not None
    code = next(c for c in prepared.encoder.statistics.columns if c.name == "code")
    assert set(code.vocabulary) == {f"0{i}" for i in range(7)}
    run = mlpkit.train(config, folder=tmp_path / "runs")
    assert run.name == "tables"
    answers = run.predict(folder / "0.csv")  # the types count for new rows, too
    expected = run.predict(table.slice(0, 300)).column(0).to_numpy()
    np.testing.assert_allclose(answers.column(0).to_numpy(), expected, rtol=1e-6)
    held = prepare(load_config(job(folder / "0.csv", data={**data, "stream": False})))
    code = next(c for c in held.encoder.statistics.columns if c.name == "code")
    assert set(code.vocabulary) == {f"0{i}" for i in range(7)}
    for stream in (True, False):
        data = {"types": {"cod": "string"}, "stream": stream}
        with pytest.raises(UsageError, match="column 'cod'; did you mean 'code'"):
            prepare(load_config(job(folder / "0.csv", data=data)))


def test_files_of_validation_and_test_rows(tmp_path):
    table = rows()
    bounds = {"a": (0, 400), "b": (400, 100), "c": (500, 100)}
    for name, (start, length) in bounds.items():
        path = tmp_path / f"{name}.parquet"
        pa.parquet.write_table(table.slice(start, length), path)
    data = {p: str(tmp_path / f) for p, f in (("validation", "b.parquet"),)}
    prepared = prepare(load_config(job(tmp_path / "a.parquet", data=data)))
    assert prepared.rows == {"train": 400, "validation": 100, "test": 0}
    data["test"] = str(tmp_path / "c.parquet")
    prepared = prepare(load_config(job(tmp_path / "a.parquet", data=data)))
    assert prepared.rows == {"train": 400, "validation": 100, "test": 100}
    y = table.column("y").to_numpy()
    np.testing.assert_array_equal(prepared.y[prepared.split.test, 0], y[500:])
    pa.parquet.write_table(table.drop_columns(["c"]), tmp_path / "c.parquet")
    with pytest.raises(DataError, match="it lacks c"):
        prepare(load_config(job(tmp_path / "a.parquet", data=data)))


def test_without_held_back_rows(file, tmp_path):
    split = {"validation_fraction": 0, "test_fraction": 0}
    run = mlpkit.train(job(file, split=split), folder=tmp_path / "runs")
    assert run.metrics["rows"] == {"train": 600, "validation": 0, "test": 0}
    assert run.examples.num_rows == 64


def test_rows_without_a_target_are_left_out_and_said(tmp_path):
    table = rows().to_pydict()
    table["y"][:9] = [None] * 9  # the first ones: no example is left in them
    pa.parquet.write_table(pa.table(table), tmp_path / "rows.parquet")
    notes = []
    run = mlpkit.train(
        job(tmp_path / "rows.parquet"), folder=tmp_path, report=notes.append
    )
    assert any("9 rows are left out" in note for note in notes)
    assert sum(run.metrics["rows"].values()) == 591


def test_auto_streams_large_files_and_folders(file, monkeypatch):
    def decision(**data):
        config = load_config({"data": {"target": "y", "stream": "auto", **data}})
        return prepare_stream.streams(config.data, None)

    assert not decision(path=str(file))
    assert decision(path=str(file.parent))
    assert not decision(path=str(file.parent / "none.csv"))
    assert not decision(path="sklearn:iris")
    monkeypatch.setattr("mlpkit.data.blocks._LARGE_BYTES", file.stat().st_size - 1)
    assert decision(path=str(file))


def test_what_cannot_be_streamed(file):
    with pytest.raises(UsageError, match="split.column: must be left out"):
        prepare(load_config(job(file, split={"column": "c"})))
    with pytest.raises(UsageError, match="split.train_on: must be 'train' where rows"):
        prepare(load_config(job(file, split={"train_on": "all"})))
    for path, data in (("sklearn:iris", None), (None, rows())):
        config = {"data": {"path": path, "target": "y", "stream": True}}
        with pytest.raises(UsageError, match="must be false for rows in memory"):
            prepare(load_config(config), data)
    config = load_config(job(file, data={"buffer_rows": 16}))
    expected = r"training.batch_size: .* at most data.buffer_rows .* 32 and 16"
    with pytest.raises(UsageError, match=expected):
        prepare(config)


def test_a_search_streams(file, tmp_path):
    search = {
        "trials": 2,
        "space": {"width": [4], "learning_rate": {"log": [0.001, 0.1]}},
    }
    found = mlpkit.tune(job(file, search=search), folder=tmp_path)
    assert found.trials.num_rows == 2
    assert np.isfinite(found.trials.column("val_loss").to_numpy()).all()
