"""Statistics from blocks are those of the whole table."""

import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from mlpkit.config import PreprocessingConfig
from mlpkit.data import infer_columns, read_table
from mlpkit.errors import DataError
from mlpkit.preprocessing import StatisticsFit, column_fits, fit_statistics

SHIPPED = Path(__file__).parents[2] / "configs" / "data"


def in_blocks(table, columns, block_rows, sample=None, config=None):
    fit = StatisticsFit(columns, config)
    for start in range(0, table.num_rows, block_rows):
        fit.add(table.slice(start, block_rows))
    fit.add(table.slice(0, 0))
    return fit.result(table if sample is None else sample)


def mixed(rows=500):
    generator = np.random.default_rng(0)

    def some(values):
        return pa.array(values, mask=generator.random(rows) < 0.1)

    real = generator.normal(size=rows)
    real[[3, 400]] = [np.inf, -np.inf]
    start = datetime.datetime(2020, 1, 1)
    hours = [start + datetime.timedelta(hours=int(h)) for h in range(rows)]
    sparse = np.zeros(rows)
    sparse[490] = 8
    return read_table(
        {
            "real": some(real),
            "whole": some(generator.integers(-50, 50, rows)),
            "sparse": sparse,
            "offset": 1e9 + generator.random(rows),
            "text": some(generator.choice(["b", "a", "c", "once"], rows)),
            "many": some(generator.integers(0, 90, rows).astype(str)),
            "code": some(generator.integers(0, 9, rows)),
            "flag": some(generator.random(rows) < 0.3),
            "hour": some(np.array(hours)),
            "day": [f"2021-02-{1 + i % 28:02}" for i in range(rows)],
            "late": [1.5, 2.5] * (rows // 2 - 1) + [None, 3.5],
        }
    )


@pytest.mark.parametrize("block_rows", [33, 499, 500])
def test_blocks_of_a_mixed_table(block_rows):
    table = mixed()
    kinds = {"code": "categorical", "many": "categorical"}
    columns = infer_columns(table, kinds=kinds)
    config = PreprocessingConfig(max_categories=60, one_hot_limit=5)
    expected = fit_statistics(table, columns, config)
    assert any("infinite" in note for note in expected.notes)
    assert any("subtract an offset" in note for note in expected.notes)
    assert any("categories the 60" in note for note in expected.notes)
    assert in_blocks(table, columns, block_rows, config=config) == expected


@pytest.mark.parametrize("name", ["penguins.csv", "wage.parquet", "yeast.parquet"])
def test_blocks_of_shipped_tables(name):
    table = read_table(SHIPPED / name)
    columns = infer_columns(table)
    assert in_blocks(table, columns, 70) == fit_statistics(table, columns)


def test_exact_facts_do_not_hang_on_the_sample():
    table = mixed()
    columns = infer_columns(table)
    whole = fit_statistics(table, columns)
    found = in_blocks(table, columns, 100, sample=table.slice(0, 40))
    by_name = {c.name: c for c in found.columns}
    for expected in whole.columns:
        column = by_name[expected.name]
        assert column.missing == expected.missing
        if expected.kind == "categorical":
            assert column == expected
    assert by_name["sparse"].scale == 2 / 8  # its range, that the sample lacks
    assert by_name["hour"].clock
    assert found.rows == 500


def test_quartiles_of_a_sample_are_near():
    generator = np.random.default_rng(1)
    table = pa.table({"x": generator.lognormal(size=100_000)})
    sample = table.take(pa.array(generator.choice(100_000, 20_000, replace=False)))
    column = in_blocks(table, infer_columns(table), 9000, sample).columns[0]
    share = (table.column("x").to_numpy() < column.center).mean()
    assert abs(share - 0.5) < 0.016  # Dvoretzky-Kiefer-Wolfowitz at 0.9999


def test_rare_values_are_forgotten_where_there_are_too_many(monkeypatch):
    monkeypatch.setattr(column_fits, "_MOST_DISTINCT", 100)
    texts = [f"{i:05}" for i in range(5000)]
    texts[::10] = ["often"] * 500
    texts[5::10] = ["also"] * 500
    table = pa.table({"c": texts})
    columns = infer_columns(table, kinds={"c": "categorical"})
    found = in_blocks(table, columns, 60)
    assert found.columns[0].vocabulary == ("also", "often")
    assert found.columns[0].unseen
    assert any("more than 100 different values" in note for note in found.notes)
    # in one block all are at hand
    assert fit_statistics(table, columns).notes == ()


def test_a_bad_date_in_any_block_is_told():
    table = pa.table({"d": ["2020-01-01"] * 50 + ["2020-02-31"]})
    with pytest.raises(DataError, match="dates of the calendar, got '2020-02-31'"):
        in_blocks(table, infer_columns(table), 10, sample=table.slice(0, 10))


def test_no_column_left():
    table = pa.table({"x": [1, 1]})
    with pytest.raises(DataError, match="every one is left out: x: left out: the same"):
        StatisticsFit(infer_columns(table))
