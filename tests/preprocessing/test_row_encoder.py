from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mlpkit.config import Config
from mlpkit.data import TableBlocks, infer_columns, infer_target, read_table
from mlpkit.errors import DataError
from mlpkit.factory import TASKS
from mlpkit.preprocessing import (
    Encoder,
    RowEncoder,
    TableEncoder,
    TargetScaling,
    encode_table,
    fit_statistics,
)
from mlpkit.runs.prepare import prepare

PENGUINS = Path(__file__).parents[2] / "configs" / "data" / "penguins.csv"


def row_encoder(table, target, exclude=(), **arguments):
    found = infer_target(table, target)
    columns = infer_columns(table, exclude=[*target, *exclude])
    encoder = Encoder(fit_statistics(table, columns))
    return encoder, RowEncoder(TableEncoder(encoder), found, **arguments)


@pytest.mark.parametrize("target", ["species", "sex", "body_mass_g"])
def test_the_batches_of_a_job_in_memory(target):
    config = Config.model_validate(
        {
            "data": {
                "path": str(PENGUINS),
                "target": target,
                "class_weight": None if target == "body_mass_g" else "balanced",
            }
        }
    )
    prepared = prepare(config)
    class_weight = None
    if prepared.target.task != "regression":
        y = prepared.y[prepared.split.train]
        class_weight = len(y) / (len(np.unique(y)) * np.bincount(y))
    encode = RowEncoder(
        TableEncoder(prepared.encoder),
        prepared.target,
        prepared.scaling,
        class_weight=class_weight,
        shape_target=TASKS[prepared.target.task].shape_target,
    )
    expected = prepared.batch(np.arange(len(prepared.y)))
    found = encode(read_table(PENGUINS))  # rows without a target are still in it
    for array, other in zip(found, expected, strict=False):
        np.testing.assert_array_equal(array, other)
        assert array.dtype == other.dtype
    assert (found[2] is None) == (class_weight is None)


def test_weights_multiply():
    columns = {"x": [1.5, 2.5, 3.0], "y": ["a", "b", "a"], "w": [1, 0, 3]}
    table = read_table(columns)
    _, encode = row_encoder(
        table, ["y"], ["w"], sample_weight="w", class_weight=np.array([2.0, 5.0])
    )
    _, y, weight = encode(table)
    assert y.tolist() == [0, 1, 0]
    assert weight.tolist() == [2.0, 0.0, 6.0]
    assert weight.dtype == np.float32
    bad = table.set_column(2, "w", pa.array([1.0, -1.0, 1.0]))
    with pytest.raises(DataError, match="'w' must hold finite numbers >= 0"):
        encode(bad)


def test_rows_without_a_target_are_left_out():
    table = read_table({"x": [1.5, 2.5, 3.5, 4.5], "y": [0.5, None, float("nan"), 9.5]})
    encoder, encode = row_encoder(table, ["y"], scaling=TargetScaling((0.5,), (3.0,)))
    x, y, weight = encode(table)
    assert y.tolist() == [[0.0], [3.0]]
    np.testing.assert_array_equal(x, encode_table(encoder, table)[[0, 3]])
    assert weight is None
    assert len(encode(table.slice(1, 2))[0]) == 0


def test_narrow_keeps_what_is_needed(tmp_path):
    columns = {
        "same": [1] * 40,
        "c": ["a", "b"] * 20,
        "w": [1.0] * 40,
        "y": ["no", "yes"] * 20,
        "x": [i + 0.5 for i in range(40)],
    }
    path = tmp_path / "rows.parquet"
    pa.parquet.write_table(pa.table(columns), path)
    table = read_table(path)
    _, encode = row_encoder(table, ["y"], ["w"], sample_weight="w")
    blocks = encode.narrow(TableBlocks(path))
    assert blocks.column_names == ["c", "x", "y", "w"]
    (block,) = blocks
    assert pa.types.is_dictionary(block.table.schema.field("c").type)
    for array, other in zip(encode(block.table), encode(table), strict=True):
        np.testing.assert_array_equal(array, other)
