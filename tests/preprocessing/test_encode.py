"""The fast way over distinct values against the encoder's graph on every row."""

from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
import tensorflow as tf

from mlpkit.config import PreprocessingConfig
from mlpkit.data import TableBlocks, infer_columns, read_table
from mlpkit.errors import DataError
from mlpkit.preprocessing import (
    Encoder,
    TableEncoder,
    encode_table,
    fit_statistics,
    raw_columns,
)

NASTY = [
    None, "", " ", "NA", "nan", "null", "a", "A", "á", "a\u0301", "日本", "a\x00b",
    "a\x00", "tab\t", "x" * 1000, "0", "00", "0.0", "-0", "True", "\ufeff", "🙂",
]  # fmt: skip


def nasty_table(rows=400, seed=0):
    generator = np.random.default_rng(seed)

    def pick(values):
        return pa.array([values[i] for i in generator.integers(0, len(values), rows)])

    return read_table(
        {
            "text": pick(NASTY),
            "other": pick(NASTY[::-1]),
            "code": pick([None, 0, -1, 2**62, -(2**62), 7]),
            "fraction": pick([None, 0.0, -0.0, 3.0, float("nan")]),
            "flag": pick([None, True, False]),
            "real": pick([None, np.nan, np.inf, -np.inf, -0.0, 1e-45, 3e38, 1e300]),
            "whole": pick([None, -3, 5, 2**60]),
            "day": pick([None, "2020-02-29", "1969-12-31", "2024-05-31T13:30:15Z"]),
        }
    )


KINDS = {
    "text": "categorical",
    "other": "categorical",
    "code": "categorical",
    "fraction": "categorical",
    "real": "numeric",
}


def fitted(table, **config):
    columns = infer_columns(table, kinds=KINDS)
    config = PreprocessingConfig(**config)
    return Encoder(fit_statistics(table, columns, config))


def by_graph(encoder, table):
    """What is exported, given every row's raw values."""
    raw = raw_columns(table, encoder.statistics)
    signature = encoder.input_signature
    tensors = {n: tf.constant(v, signature[n].dtype) for n, v in raw.items()}
    encode = tf.function(encoder.__call__, autograph=False)
    return encode.get_concrete_function(signature)(tensors).numpy()


@pytest.mark.parametrize("limits", [(3, 16), (10_000, 16), (10_000, 1000)])
def test_nasty_values(limits):
    train, rows = nasty_table(), nasty_table(seed=1)
    encoder = fitted(train, max_categories=limits[0], one_hot_limit=limits[1])
    np.testing.assert_array_equal(encode_table(encoder, rows), by_graph(encoder, rows))


def test_values_that_training_lacked():
    encoder = fitted(nasty_table())
    rows = nasty_table(20)
    new = pa.array(["new", "", "NA", None, "a"] * 4)
    rows = rows.set_column(0, "text", pa.chunked_array([new.slice(0, 7), new.slice(7)]))
    np.testing.assert_array_equal(encode_table(encoder, rows), by_graph(encoder, rows))


@pytest.mark.parametrize("block_rows", [3, 400])
def test_dictionaries_of_a_file(tmp_path, block_rows):
    path = tmp_path / "rows.parquet"
    pa.parquet.write_table(nasty_table(), path)
    encoder = fitted(nasty_table())
    encode = TableEncoder(encoder)
    # a block of 3 rows comes with the dictionary of all 400
    blocks = TableBlocks(path, block_rows=block_rows).coded(["text", "other"])
    for block in islice(blocks, 5):
        texts = block.table.column("text")
        assert pa.types.is_dictionary(texts.type)
        rows = read_table(path).slice(block.row, block.table.num_rows)
        np.testing.assert_array_equal(encode(block.table), by_graph(encoder, rows))


def test_dictionaries_with_missing_values_within():
    train = nasty_table()
    encoder = fitted(train)
    values = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, 2, None, 1, 0]), pa.array(["a", None, "new"])
    )
    rows = train.slice(0, 6)
    coded = rows.set_column(0, "text", values)
    plain = rows.set_column(0, "text", pa.array(["a", None, "new", None, None, "a"]))
    expected = by_graph(encoder, plain)
    np.testing.assert_array_equal(encode_table(encoder, coded), expected)


def test_dictionaries_whose_indices_have_no_room_for_one_more():
    train = nasty_table()
    encoder = fitted(train)
    texts = [f"t{i}" for i in range(127)] + ["a"]
    indices = pa.array([127, None, 0, 126], pa.int8())
    coded = pa.DictionaryArray.from_arrays(indices, pa.array(texts))
    rows = train.slice(0, 4).set_column(0, "text", coded)
    plain = rows.set_column(0, "text", coded.cast(pa.string()))
    np.testing.assert_array_equal(encode_table(encoder, rows), by_graph(encoder, plain))


def test_no_rows():
    table = nasty_table()
    encoder = fitted(table)
    found = encode_table(encoder, table.slice(0, 0))
    assert found.shape == (0, encoder.num_features)


def test_a_lacking_column_and_a_wrong_type_are_told():
    table = nasty_table()
    encode = TableEncoder(fitted(table))
    with pytest.raises(DataError, match="must have the column\\(s\\) 'real'"):
        encode(table.drop_columns("real"))
    texts = ["1"] * (table.num_rows - 1) + ["x"]
    wrong = table.set_column(2, "code", pa.array(texts))
    said = "column 'code': values must be whole numbers, got 'x' in row"
    with pytest.raises(DataError, match=f"{said} {table.num_rows + 6};"):
        encode(wrong, first_row=7)
