"""Columns whose type says that they hold categories."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mlpkit.config import Config
from mlpkit.data.marked import fractions_as_texts, marked_categories, marked_kinds
from mlpkit.runs.prepare import prepare

DATES = ["31.05.2024", "01.06.2024"] * 20
Y = [0.5, 1.5] * 20


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({"c": pd.Categorical(["a", "b"]), "x": [1, 2]}),
        pl.DataFrame({"c": pl.Series(["a", "b"], dtype=pl.Categorical), "x": [1, 2]}),
        pa.table({"c": pa.array(["a", "b"]).dictionary_encode(), "x": [1, 2]}),
        {"c": pd.Series(["a", "b"], dtype="category"), "x": [1, 2]},
    ],
)
def test_of_every_library(data):
    assert marked_categories(data) == ["c"]


@pytest.mark.parametrize("data", [None, "rows.csv", np.ones((2, 2)), [{"a": 1}]])
def test_other_tables_mark_nothing(data):
    assert marked_categories(data) == []


def test_what_is_given_wins_and_constants_stay_left_out():
    table = pa.table({"a": ["1", "2"], "b": ["2", "3"], "one": ["x", "x"]})
    found = marked_kinds(table, table.column_names, {"a": "numeric"})
    assert found == {"a": "numeric", "b": "categorical"}


def test_whole_numbers_stay_numbers():
    table = pa.table({"a": [1.0, 2.0, None], "b": [0.5, None, 1.0]})
    found = fractions_as_texts(table, ["a", "b"])
    assert found["a"].type == pa.float64()
    assert found["b"].to_pylist() == ["0.5", None, "1"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("values", "vocabulary"),
    [
        (DATES, ("01.06.2024", "31.05.2024")),
        ([7, 9] * 20, (7, 9)),
        ([0.5, 1.0] * 20, ("0.5", "1")),
    ],
)
def test_a_job_takes_them_as_categories(values, vocabulary):
    job = Config.model_validate({"data": {"target": "y"}})
    marked = pd.DataFrame({"c": pd.Categorical(values), "y": Y})
    arrow = pa.table({"c": pa.array(values).dictionary_encode(), "y": Y})
    for table in (marked, arrow):
        (column,) = prepare(job, table).encoder.statistics.columns
        assert set(column.vocabulary) == set(vocabulary)


@pytest.mark.slow
def test_a_marked_column_makes_another_job_which_names_it():
    job = Config.model_validate({"data": {"target": "y"}})
    table = pd.DataFrame({"c": [7, 9] * 20, "y": pd.Categorical(["a", "b"] * 20)})
    marked = prepare(job, table.astype({"c": "category"}))
    assert marked.config.columns == {"c": "categorical"}
    assert prepare(job, table).config == job
    again = prepare(marked.config, table)
    assert again.encoder.statistics == marked.encoder.statistics


@pytest.mark.slow
def test_a_job_that_names_the_kind_has_it():
    job = {"data": {"target": "y"}, "columns": {"c": "numeric"}}
    marked = pd.DataFrame({"c": pd.Categorical([7, 9] * 20), "y": Y})
    prepared = prepare(Config.model_validate(job), marked)
    assert prepared.columns[0].kind == "numeric"
