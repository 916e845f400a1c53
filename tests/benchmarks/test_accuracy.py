"""The command: what it prints and writes, and who takes part."""

import json
import sys
from importlib import import_module
from runpy import run_path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def command(root, monkeypatch, tmp_path, capsys):
    """Call the script on lines of fake results."""
    figures = {
        "cpu_share": 1.0,
        "predict_seconds": 0.1,
        "fitted_rows": 1000,
        "test_rows": 500,
        "log_loss": None,
        "package": "some 1.0",
    }
    lines = [
        {"table": t, "split": s, "method": m, "error": e, "fit_seconds": f, **figures}
        for t, ours in (("boston", 0.3), ("concrete", 0.2), ("some development", 9.0))
        for s in (0, 1)
        for m, e, f in (
            ("mlpkit default", ours, 2.0),
            ("RealMLP-TD", 0.25, 10.0),
            ("LightGBM", 0.25, 0.1),
        )
    ]
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def call(*arguments):
        given = ["accuracy.py", *arguments, "--data", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", [*given, "--lines", str(path)])
        run_path(str(root / "benchmarks/accuracy.py"), run_name="__main__")
        return capsys.readouterr().out

    return call


def test_report_writes_table_and_picture(command, tmp_path):
    output = tmp_path / "accuracy.json"
    text = command("--report", "--held-apart", "--output", str(output))
    assert "2 tables; ranks over the 2" in text
    assert "| mlpkit default | 2 |" in text
    found = json.loads(output.read_text())
    rows = {row["method"]: row for row in found["rows"]}
    assert found["reference"] == "mlpkit default"
    assert rows["LightGBM"]["reference_wins"] == 0.5
    assert rows["RealMLP-TD"]["fit_times"] == pytest.approx(5.0)
    assert found["errors"]["boston"]["mlpkit default"] == 0.3
    assert found["machine"]["cores"] >= 1
    picture = output.with_suffix(".png").read_bytes()
    assert picture.startswith(b"\x89PNG")


def test_methods_tables_and_reference_can_be_chosen(command):
    methods = "LightGBM,RealMLP-TD"
    text = command("--report", "--methods", methods, "--reference", "LightGBM")
    assert "mlpkit" not in text
    assert "error : LightGBM" in text
    text = command("--report", "--tables", "boston", "--splits", "1")
    assert "1 tables" in text


def test_unknown_names_are_told(command):
    with pytest.raises(SystemExit, match="no such method: XGBoost; known: mlpkit"):
        command("--methods", "XGBoost")
    with pytest.raises(SystemExit, match="no such table: moon"):
        command("--tables", "moon")


def test_nothing_is_run_that_has_a_line(command):
    methods = "mlpkit default,LightGBM"
    text = command("--tables", "boston,concrete", "--methods", methods)
    assert "fit time" in text  # the report alone: a run would need the packages


def test_every_method_is_a_function():
    from contest.methods import METHODS, OURS, PEERS

    assert {*OURS, *PEERS} == set(METHODS)
    for method in METHODS.values():
        module = import_module(f"contest.{method.module}")
        assert callable(getattr(module, method.function))
        assert method.rows in {"train", "known"}


@pytest.mark.parametrize("task", ["regression", "multiclass", "multilabel"])
def test_mlpkit_takes_part(task):
    import numpy as np
    import pandas as pd
    from contest.job import make_job
    from contest.methods import Method
    from contest.tables import make
    from contest.worker import run

    generator = np.random.default_rng(0)
    frame = pd.DataFrame({"x": generator.normal(size=60)})
    frame["kind"] = generator.choice(["red", "blue", None], 60)
    frame["u"] = (frame["x"] > 0).astype(int)
    frame["v"] = (frame["x"] > 0.5).astype(int)
    target = {"regression": ["x"], "multiclass": ["kind"], "multilabel": ["u", "v"]}
    job = make_job(make("tiny", task, frame, target[task]), 0, 0, "train")
    settings = {"recipe": "none", "report": False, "model": {"hidden": [8]}}
    settings["training"] = {"epochs": 40, "learning_rate": 0.02}
    found = run(Method("ours", "mlpkit", "train", 0, settings), job)
    most = {"regression": 1.0, "multiclass": 0.9, "multilabel": 0.3}[task]
    assert found["error"] < most
    assert found["fit_seconds"] > 0
    few = {"recipe": "none", "max_iter": 40, "learning_rate_init": 0.02}
    of_estimator = run(Method("ours", "estimator", "known", 0, few), job)
    assert of_estimator["error"] < most
    assert found["fitted_rows"] == len(job.x_train)
