"""Ratios of the recipe's variants, from lines that are made up."""

import importlib
import sys

import pandas as pd
import pyarrow as pa


def _module():
    sys.modules.pop("recipes", None)
    return importlib.import_module("recipes")


def test_ratios_are_those_of_the_common_cells():
    lines = [
        {"table": "a", "split": 0, "method": "default", "error": 0.09, "seconds": 1.0},
        {"table": "a", "split": 1, "method": "default", "error": 0.5, "seconds": 1.0},
        {"table": "a", "split": 0, "method": "fast", "error": 0.19, "seconds": 0.49},
        {"table": "b", "split": 0, "method": "default", "nrmse": 0.2, "seconds": 1.0},
    ]
    found = _module().report(lines, ["default", "fast"])
    assert found[0]["error"] == found[0]["nrmse"] == 1
    assert found[1]["error"] == 2.0  # (0.19 + 0.01) / (0.09 + 0.01): split 0 alone
    assert round(found[1]["seconds"], 3) == round(0.5 / 1.01, 3)
    assert "nrmse" not in found[1]  # no table in common
    assert [row["tables"] for row in found] == [2, 1]


def test_rows_that_are_tested_on_elsewhere_are_left_out(monkeypatch):
    recipes = _module()
    frame = pd.DataFrame({"x": range(100)}).astype("float64")
    tables = importlib.import_module("contest.tables")
    table = tables.make("t", "regression", frame.assign(y=frame["x"]), ["y"])
    monkeypatch.setattr(recipes, "load", lambda *_: table)
    job = importlib.import_module("contest.job").make_job(table, 3, 0, "known")
    rows, task = recipes.rows_of("t", 3, None, None)
    assert task == "regression"
    assert isinstance(rows, pa.Table)
    assert not set(rows["x"].to_pylist()) & set(job.x_test["x"])
    parts = pd.Series(rows["part of the rows"].to_pylist()).value_counts()
    assert dict(parts) == {"train": 48, "validation": 16, "test": 16}


def test_made_tables_have_a_target_to_learn():
    recipes = _module()
    for name in importlib.import_module("contest.made").MADE:
        table, task = recipes.rows_of(name, 0, None, None)
        assert task == "regression"
        x = table.drop_columns(["part of the rows", "target asked for"]).to_pandas()
        y = table["target asked for"].to_pandas()
        assert len(x) == 600
        assert 0.2 < abs(x.corrwith(y)).max() < 1


def test_every_variant_is_a_job_of_every_task():
    recipes = _module()
    for task in ("regression", "multiclass"):
        for name, settings in importlib.import_module(
            "contest.variants"
        ).VARIANTS.items():
            job = recipes.job_of(task, 0, ["y"], settings)
            config = importlib.import_module("mlpkit.config").load_config(job)
            assert config.recipe in {"default", "fast", "none", "lecture"}, name
            smoothed = "label_smoothing" in config.training.model_fields_set
            assert not (smoothed and task == "regression"), name
