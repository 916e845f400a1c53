import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mlpkit.config import Config
from mlpkit.runs import prepare
from mlpkit.runs.few_rows import few_rows


def parts(train, validation=0, test=0):
    return {"train": train, "validation": validation, "test": test}


def test_parts_without_rows_and_with_enough_are_no_news():
    assert few_rows(parts(20)) == []
    assert few_rows(parts(20, 10, 10)) == []


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((19,), ["only 19 train"]),
        ((90, 9), ["only 9 choose the best epoch"]),
        ((1, 1, 1), ["only 1 train", "only 1 choose", "only 1 measure the result"]),
    ],
)
def test_small_parts_are_told(counts, said):
    (told,) = few_rows(parts(*counts))
    assert told.startswith("few rows: only")
    assert all(part in told for part in said)
    assert told.count("only") == len(said)


def test_validation_rows_of_folds_are_training_rows():
    assert few_rows(parts(15, 8, 10), folds=True) == []
    (told,) = few_rows(parts(10, 8), folds=True)
    assert told == (
        "few rows: only 18 train: too few to learn from, expect guesses; gather more"
    )


@pytest.mark.slow
def test_a_job_of_folds_says_nothing_on_an_epoch():
    job = {"data": {"target": "y"}, "ensemble": {"name": "folds"}}
    values = np.linspace(0, 1, 50)
    table = pa.table({"x": values, "y": values**2})
    notes = prepare(Config.model_validate(job), table).notes
    assert not any("choose the best epoch" in note for note in notes)


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "told"), [(3, True), (200, False)])
def test_a_job_tells_it(rows, told):
    job = Config.model_validate({"data": {"target": "y"}})
    values = np.linspace(0, 1, rows)
    notes = prepare(job, pa.table({"x": values, "y": values**2})).notes
    assert any("few rows" in note for note in notes) == told


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "told"), [(30, True), (200, False)])
def test_a_stream_tells_it(tmp_path, rows, told):
    path = tmp_path / "rows.parquet"
    values = np.linspace(0, 1, rows)
    pa.parquet.write_table(pa.table({"x": values, "y": values**2}), path)
    data = {"target": "y", "path": str(path), "stream": True}
    notes = prepare(Config.model_validate({"data": data})).notes
    assert any("few rows" in note for note in notes) == told


def test_a_target_that_is_the_same_in_every_row_is_told():
    job = Config.model_validate({"data": {"target": "y"}})
    table = pa.table({"x": np.linspace(0, 1, 60), "y": np.full(60, 7.5)})
    assert any("'y' is the same in every row" in n for n in prepare(job, table).notes)
