"""Whether a table is the one that a run was trained on."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import mlpkit
from mlpkit.data import Split
from mlpkit.errors import DataError
from mlpkit.runs.same_table import example_rows

pytestmark = pytest.mark.slow

SHORT = {"recipe": "none", "model": {"hidden": [4]}, "training": {"epochs": 2}}


def table(seed=0, rows=120):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    when = pd.date_range("2024-01-01", periods=rows, freq="7h")
    whole = rng.integers(0, 3, rows).astype(float)
    return pd.DataFrame({"x": x, "when": when, "whole": whole, "y": 2 * x + whole})


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    job = {**SHORT, "data": {"target": "y"}}
    return mlpkit.train(job, data=table(), folder=tmp_path_factory.mktemp("runs"))


def test_examples_are_held_back_where_rows_are():
    rows = np.arange(100)
    none = rows[:0]
    assert example_rows(Split(rows, none, rows[:3])).tolist() == [0, 1, 2]
    assert len(example_rows(Split(rows, none, none))) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"when": lambda t: t.when.dt.strftime("%Y-%m-%dT%H:%M:%S")},
        {"whole": lambda t: t.whole.astype(int)},
        {"other": lambda t: np.arange(len(t)) % 5},
    ],
)
def test_the_same_rows_in_other_types_give_the_same_page(run, change):
    page = (run.path / "report.html").read_text()
    run.report(table().assign(**change))
    assert (run.path / "report.html").read_text() == page


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (table(seed=1), "with the rows of examples.parquet"),
        (table()[::-1], "with the rows of examples.parquet"),
        (table().assign(y=np.arange(120.0)), r"with a \w+ of .* on its \w+ rows, got"),
        (table().drop(columns="x"), r"must have the column\(s\) 'x'"),
        (table().assign(when=np.arange(120)), "'when': values must be dates"),
    ],
)
def test_other_rows_are_refused(run, other, said):
    before = (run.path / "report.html").read_text()
    with pytest.raises(DataError, match=said):
        run.report(other)
    with pytest.raises(DataError, match=said):
        run.figures(other)
    assert (run.path / "report.html").read_text() == before


def test_folds_are_told_again(tmp_path):
    job = {**SHORT, "data": {"target": "y"}, "ensemble": {"name": "folds"}}
    run = mlpkit.train(job, data=pa.table(table()), folder=tmp_path)
    run.report(table())
    with pytest.raises(DataError, match="must be that of the run"):
        run.report(table(seed=1))
