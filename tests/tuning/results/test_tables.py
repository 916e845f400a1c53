import dataclasses
import math

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import Objective, Parameter, trial_table, write_tables


def test_nothing_is_lost_in_parquet(records, parameters, objective, tmp_path):
    write_tables(tmp_path, trial_table(records, parameters, [objective]))
    rows = {
        r["number"]: r for r in pq.read_table(tmp_path / "results.parquet").to_pylist()
    }
    assert len(rows) == len(records)
    for record in records:
        row = rows[record.number]
        for field in ("trial", "status", "score", "seed", "best_epoch", "started"):
            assert row[field] == getattr(record, field)
        for field in ("seconds", "worker", "message", "traceback", "epochs"):
            assert row[field] == getattr(record, field)
        assert row["dropout"] == record.values.get("dropout")
        assert row["activation"] == record.values["activation"]
        assert row["val_accuracy"] == record.metrics.get("val_accuracy")
        curve = row["curve_val_loss"]
        expected = record.curves.get("val_loss")
        assert (curve is None) == (expected is None)
        assert str(curve) == str(expected)  # with its NaN


def test_best_first_in_both_files(records, parameters, objective, tmp_path):
    write_tables(tmp_path, trial_table(records, parameters, [objective]))
    parquet = pq.read_table(tmp_path / "results.parquet")
    csv = pd.read_csv(tmp_path / "trials.csv")
    assert csv["number"].tolist() == parquet["number"].to_pylist()
    scores = csv["score"].dropna()
    assert scores.is_monotonic_increasing
    assert csv["score"].isna().tolist() == sorted(csv["score"].isna())
    assert csv["score"].min() == min(r.score for r in records if r.score is not None)
    assert "traceback" not in csv
    assert not [name for name in csv if name.startswith("curve")]
    assert csv["message"].tolist().count("out of <memory>") == 3


def test_types_of_hyperparameters():
    given = [
        {"whole": 1, "mixed": 1, "flag": True, "text": "a", "any": [1], "huge": 2**70},
        {"whole": 2, "mixed": 0.5, "flag": False, "text": None, "any": True, "huge": 1},
        {},
    ]
    records = [TrialRecord(str(i), i, "running", v, 0) for i, v in enumerate(given)]
    found = trial_table(records, [], [Objective("loss")])
    kinds = {name: found.schema.field(name).type for name in given[0]}
    assert kinds == {
        "whole": pa.int64(),
        "mixed": pa.float64(),
        "flag": pa.bool_(),
        "text": pa.string(),
        "any": pa.string(),
        "huge": pa.string(),
    }
    assert found["text"].to_pylist() == ["a", "None", None]
    assert found["any"].to_pylist() == ["[1]", "True", None]
    assert found["huge"].to_pylist() == [str(2**70), "1", None]
    assert found["whole"].to_pylist() == [1, 2, None]


def test_names_that_are_taken():
    record = TrialRecord(
        "a",
        1,
        "completed",
        {"epochs": 9, "loss": 2},
        0,
        0.5,
        {"loss": 0.5, "seed": 1.0},
    )
    row = trial_table([record], [], [Objective("loss")]).to_pylist()[0]
    assert (row["epochs"], row["value_epochs"]) == (0, 9)
    assert (row["loss"], row["metric_loss"]) == (2, 0.5)
    assert (row["seed"], row["metric_seed"]) == (0, 1.0)


def test_columns_of_the_space_are_there_without_a_trial(
    parameters, objective, tmp_path
):
    found = trial_table([], parameters, [objective])
    assert found.num_rows == 0
    assert [p.name for p in parameters] == found.column_names[4:8]
    write_tables(tmp_path, found)
    assert pd.read_csv(tmp_path / "trials.csv").empty


def test_front_of_several_objectives(records, parameters):
    two = [Objective("val_loss"), Objective("val_accuracy", "max")]
    found = trial_table(records, parameters, two)
    # the accuracy falls as the loss rises: one trial beats all
    assert found["pareto"].to_pylist() == [True] + [False] * (len(records) - 1)
    assert "pareto" not in trial_table(records, parameters, two[:1]).column_names


def test_scores_that_are_no_numbers(records, parameters, objective):
    records[0] = dataclasses.replace(records[0], score=math.nan)
    found = trial_table(records, parameters, [objective])
    assert math.isnan(found["score"][found["number"].index(1).as_py()].as_py())


def test_unknown_parameter_kind_is_kept_in_order(records, objective):
    found = trial_table(records, [Parameter("dropout", "float")], [objective])
    assert found.column_names[4] == "dropout"
    assert pytest.approx(1) == found.num_rows / len(records)
