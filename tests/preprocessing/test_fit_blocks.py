"""The three passes over blocks against the job in memory."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mlpkit.config import PreprocessingConfig
from mlpkit.data import (
    RowSplit,
    TableBlocks,
    infer_columns,
    infer_target,
    read_table,
    survey,
)
from mlpkit.preprocessing import TargetScaling, fit_blocks, fit_statistics

ROWS = 3000


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    generator = np.random.default_rng(0)
    amount = generator.gamma(2.0, 100.0, ROWS)
    table = pa.table(
        {
            "x": pa.array(generator.normal(size=ROWS), mask=amount < 20),
            "c": generator.choice(["a", "b", "c"], ROWS),
            "amount": pa.array(amount, mask=generator.random(ROWS) < 0.05),
            "kind": generator.choice(["p", "q", "NA"], ROWS, p=[0.6, 0.3, 0.1]),
        }
    )
    path = tmp_path_factory.mktemp("data") / "rows.parquet"
    pa.parquet.write_table(table, path, row_group_size=500)
    return path


def in_memory(path, target):
    table = read_table(path)
    found = infer_target(table, target)
    columns = infer_columns(table, exclude=target)
    train = RowSplit(0.25).part(np.arange(ROWS, dtype=np.uint64)) == 0
    return found, columns, table.filter(pa.array(train & found.present(table)))


@pytest.mark.parametrize("sample_rows", [ROWS, 1000])
@pytest.mark.parametrize("target", ["amount", "kind"])
def test_as_in_memory(path, target, sample_rows):
    expected, expected_columns, train = in_memory(path, [target])
    blocks = TableBlocks(path, block_rows=130)
    found = survey(blocks, [target], sample_rows=sample_rows)
    target, columns = found.target([target]), found.columns(exclude=[target])
    assert target.task == expected.task
    assert target.classes == expected.classes
    fitted = fit_blocks(blocks, found, RowSplit(0.25), target, columns)
    statistics = fit_statistics(train, expected_columns)
    assert fitted.statistics.rows == fitted.rows == train.num_rows
    part = RowSplit(0.25).part(np.arange(ROWS, dtype=np.uint64))
    table = read_table(path)
    held = table.filter(pa.array((part == 1) & target.present(table)))
    assert fitted.held["validation"].equals(held)
    assert fitted.held["test"].num_rows == 0
    assert fitted.without_target == (~target.present(table)).sum()
    if sample_rows == ROWS:
        assert columns == expected_columns
        assert fitted.statistics == statistics
    else:
        for column, other in zip(
            fitted.statistics.columns, statistics.columns, strict=True
        ):
            assert column.missing == other.missing
    y = expected.encode(train)
    if target.task == "regression":
        scaling = TargetScaling.fit(y)
        np.testing.assert_allclose(fitted.scaling.mean, scaling.mean, rtol=1e-13)
        np.testing.assert_allclose(fitted.scaling.std, scaling.std, rtol=1e-13)
        assert fitted.class_counts.size == 0
    else:
        assert fitted.scaling is None
        assert fitted.class_counts.tolist() == np.bincount(y).tolist()


def test_the_target_may_keep_its_units(path):
    blocks = TableBlocks(path)
    found = survey(blocks, ["amount"])
    fitted = fit_blocks(
        blocks,
        found,
        RowSplit(0.25),
        found.target(["amount"]),
        found.columns(exclude=["amount"]),
        PreprocessingConfig(standardize_target=False),
    )
    assert fitted.scaling == TargetScaling.identity(1)
