"""What can be asked of a run, of tables in other forms than it was trained on."""

import numpy as np
import pandas as pd
import pytest

import mlpkit
from mlpkit.errors import DataError, UsageError
from mlpkit.serving import Predictor

pytestmark = pytest.mark.slow

JOB = {
    "recipe": "none",
    "report": False,
    "model": {"hidden": [4]},
    "training": {"epochs": 2},
    "data": {"target": "y"},
}


WEIGHTED = "weighted by column 'w'"


def frame(rows=120):
    rng = np.random.default_rng(0)
    hours = rng.choice([8, 12, 18], rows)
    return pd.DataFrame(
        {
            "time": [f"{hour:02d}:00" for hour in hours],
            "yes": rng.choice(["True", "False"], rows),
            "flag": rng.random(rows) < 0.5,
            "code": rng.choice([1.0, 2.0, np.nan], rows),
            "part": rng.choice(["1.10", "1.1"], rows),
            "x": rng.normal(size=rows),
            "w": rng.integers(0, 3, rows) + 0.5,
            "y": hours + rng.normal(size=rows),
        }
    )


def job(folder, **more):
    names = ("time", "yes", "flag", "code", "part")
    kinds = {**dict.fromkeys(names, "categorical"), "w": "ignore"}
    return mlpkit.train({**JOB, "columns": kinds, **more}, folder=folder / "runs")


@pytest.mark.parametrize("trained_on", ["csv", "parquet"])
def test_categories_are_the_same_in_any_format(tmp_path, trained_on):
    rows = frame().drop(columns="yes" if trained_on == "csv" else [])
    rows.to_csv(tmp_path / "a.csv", index=False)
    rows.to_parquet(tmp_path / "a.parquet")
    data = {"target": "y", "path": str(tmp_path / f"a.{trained_on}")}
    kinds = dict.fromkeys(("time", "flag", "code", "part"), "categorical")
    run = job(tmp_path, data=data, columns={**kinds, "w": "ignore"})
    answers = [run.predict(tmp_path / f"a.{s}").to_pandas() for s in ("csv", "parquet")]
    pd.testing.assert_frame_equal(*answers, atol=1e-6)
    export = mlpkit.export(run, tmp_path / "models", verify=False)
    frames = rows.astype({"code": "Int64"}), pd.read_parquet(tmp_path / "a.parquet")
    assert frames[1]["flag"].dtype == bool
    served = Predictor(export).predict(frames[0])["prediction"]
    pd.testing.assert_frame_equal(run.predict(frames[1]).to_pandas(), answers[0])
    np.testing.assert_allclose(served, answers[0]["prediction"], rtol=1e-5)
    assert answers[0]["prediction"].nunique() > 100


def test_a_run_with_weights_is_evaluated_with_them(tmp_path):
    rows = frame().assign(part=["train"] * 60 + ["validation"] * 30 + ["test"] * 30)
    data, split = {"target": "y", "sample_weight": "w"}, {"column": "part"}
    run = mlpkit.train(
        {**JOB, "data": data, "split": split}, data=rows, folder=tmp_path
    )
    said = []
    found = run.evaluate(rows[90:], report=said.append)
    for name, value in run.metrics["network"]["test"].items():
        assert found[name] == pytest.approx(value, rel=1e-5)
    assert "weighted by column 'w'" in said
    plain = run.evaluate(rows[90:].drop(columns="w"), report=said.append)
    assert "not weighted by column 'w'" in said
    assert plain["rmse"] != pytest.approx(found["rmse"], rel=1e-3)


def test_files_are_answered_and_measured_in_blocks(tmp_path, monkeypatch):
    rows = frame()
    rows.loc[[3, 100], "y"] = np.nan
    data = {"target": "y", "sample_weight": "w"}
    run = mlpkit.train({**JOB, "data": data}, data=rows, folder=tmp_path / "runs")
    whole = run.predict(rows)
    said, again = [], []
    measured = run.evaluate(rows, report=said.append)
    folder = tmp_path / "parts"
    folder.mkdir()
    rows[:50].to_parquet(folder / "a.parquet")
    rows[50:].to_parquet(folder / "b.parquet")
    monkeypatch.setattr("mlpkit.runs.incoming.BLOCK_ROWS", 32)
    for source in (folder, [folder / "a.parquet", folder / "b.parquet"], rows):
        blocks = list(run.predict_blocks(source))
        assert max(block.num_rows for block in blocks) <= 32
        assert len(blocks) > 3
        found = run.predict(source).to_pandas()
        pd.testing.assert_frame_equal(found, whole.to_pandas(), rtol=1e-5)
        again.clear()
        found = run.evaluate(source, report=again.append)
        assert found == pytest.approx(measured, rel=1e-5)
        assert again == said == ["118 rows (2 without a target left out)", WEIGHTED]


def test_labels_of_yes_and_no_are_evaluated_from_any_file(tmp_path):
    rows = pd.DataFrame({"x": np.linspace(-1, 1, 80)})
    rows["u"], rows["v"] = (rows["x"] > 0) * 1.0, (rows["x"] > 0.5) * 1.0
    data = {"target": ["u", "v"]}
    run = mlpkit.train({**JOB, "data": data}, data=rows, folder=tmp_path / "runs")
    rows.loc[[3, 7], "u"] = np.nan
    rows.to_csv(tmp_path / "rows.csv", index=False)
    said = []
    found = [run.evaluate(s, report=said.append) for s in (rows, tmp_path / "rows.csv")]
    assert found[0] == pytest.approx(found[1], rel=1e-5)
    assert said == ["78 rows (2 without a target left out)"] * 2


def test_a_bad_value_is_told_with_its_row_in_any_block(tmp_path, monkeypatch):
    run = mlpkit.train(
        {**JOB, "columns": {"day": "datetime"}},
        data={"day": ["2024-01-01", "2024-01-02"] * 30, "y": np.arange(60.0)},
        folder=tmp_path / "runs",
    )
    monkeypatch.setattr("mlpkit.runs.incoming.BLOCK_ROWS", 4)
    days = ["2024-01-01"] * 9 + ["2024-02-30"] + ["2024-01-02"] * 3
    with pytest.raises(DataError, match=r"'day'.* row 9\b"):
        run.predict({"day": days})
    y = [None] * 6 + [1.0] * 7  # the first block has no target at all
    with pytest.raises(DataError, match=r"'day'.* row 9\b"):
        run.evaluate({"day": days, "y": y})


def test_kinds_are_those_of_the_training_file(tmp_path):
    rows = frame().assign(id=range(120))
    for name, part in (("train", rows), ("held", rows[:40])):
        part.to_csv(tmp_path / f"{name}.csv", index=False)
    paths = {"path": tmp_path / "train.csv", "validation": tmp_path / "held.csv"}
    data = {"target": "y", **{k: str(v) for k, v in paths.items()}}
    run = job(tmp_path, data=data)
    assert "id" not in run.answers.encoder.statistics.names
    with pytest.raises(UsageError, match="split.column: data.validation and data.test"):
        job(tmp_path, data=data, split={"column": "yes"})


def test_files_whose_types_cannot_be_one_are_refused(tmp_path):
    rows = frame()[["x", "y"]].assign(day="2024-05-31")
    rows.to_csv(tmp_path / "a.csv", index=False)
    rows.to_parquet(tmp_path / "b.parquet")
    data = {"target": "y", "path": str(tmp_path / "a.csv")}
    data["validation"] = str(tmp_path / "b.parquet")
    with pytest.raises(DataError, match="same column types: .*day.*; data.types gives"):
        mlpkit.train({**JOB, "data": data}, folder=tmp_path)


def test_another_type_than_the_texts_that_were_learned_is_refused(tmp_path):
    rows = frame()
    kinds = {"time": "categorical", "w": "ignore"}
    run = mlpkit.train({**JOB, "columns": kinds}, data=rows, folder=tmp_path)
    with pytest.raises(DataError, match="'yes': values must be the texts .* got bool"):
        run.predict(rows.assign(yes=rows["yes"] == "True"))
