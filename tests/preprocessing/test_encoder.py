"""The graph against float64 NumPy, written from the formulas."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit.config import PreprocessingConfig
from mlpkit.data import infer_columns, read_table
from mlpkit.errors import DataError
from mlpkit.preprocessing import (
    MISSING_INTEGER,
    Encoder,
    Statistics,
    encode_table,
    fit_statistics,
    raw_columns,
)
from mlpkit.preprocessing.encoder import smooth_clip


def fitted(columns, kinds=None, **config):
    table = read_table(columns)
    found = infer_columns(table, kinds=kinds)
    statistics = fit_statistics(table, found, PreprocessingConfig(**config))
    return table, statistics, Encoder(statistics)


def test_smooth_clip_reference_values():
    found = smooth_clip(tf.constant([1.0, 3.0, -3.0, 1e30, -1e30])).numpy()
    expected = [0.9486833, 2.1213203, -2.1213203, 3.0, -3.0]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@settings(max_examples=25)
@given(
    st.lists(
        st.one_of(st.none(), st.floats(-1e6, 1e6, width=32)), min_size=5, max_size=60
    ).filter(lambda v: sum(x is not None for x in v) >= 2)
)
def test_numeric_column_against_numpy(values):
    table, _statistics, encoder = fitted({"x": values}, kinds={"x": "numeric"})
    x = np.array([np.nan if v is None else v for v in values], np.float64)
    low, center, high = np.nanquantile(x, [0.25, 0.5, 0.75])
    spread = high - low or (np.nanmax(x) - np.nanmin(x)) / 2
    if spread < 1 / np.finfo(np.float32).max:
        spread = 0  # the graph's float32 sees a constant
    z = (x - center) / spread if spread else np.zeros_like(x)
    expected = np.where(np.isnan(x), 0, z / np.sqrt(1 + (z / 3) ** 2))
    matrix = encode_table(encoder, table)
    # rows are served as float32, so differences near the centre carry its rounding
    slack = np.abs(x[~np.isnan(x)]).max() * 2**-23 / (spread or 1)
    np.testing.assert_allclose(matrix[:, 0], expected, rtol=1e-4, atol=1e-5 + slack)
    if np.isnan(x).any():
        assert matrix[:, 1].tolist() == np.isnan(x).astype(float).tolist()
    else:
        assert matrix.shape[1] == 1


def test_large_whole_numbers_keep_their_differences():
    base = 2**53
    table, _, encoder = fitted({"t": [*(base + i for i in (0, 1, 2, 3, 5)), None]})
    encoded = encode_table(encoder, table)[:5, 0]
    assert len(set(encoded.tolist())) == 5
    assert (np.diff(encoded) > 0).all()


def test_infinite_is_missing_and_said():
    table, statistics, encoder = fitted({"x": [1.0, 2.0, float("inf"), 3.0, -np.inf]})
    assert any("2 infinite" in note for note in statistics.notes)
    assert encode_table(encoder, table)[:, 1].tolist() == [0, 0, 1, 0, 1]


def test_categories_have_slots_for_missing_and_unseen():
    rows = ["x", "y", "x", None, "once", "y", "x"]
    _table, statistics, encoder = fitted({"c": rows})
    column = statistics.columns[0]
    assert column.vocabulary == ("x", "y")  # by frequency; "once" cannot be learned
    unseen, missing, x, y = np.eye(4)
    found = encode_table(
        encoder, read_table({"c": ["x", "y", None, "new", "NA", "once"]})
    )
    np.testing.assert_array_equal(found, [x, y, missing, unseen, missing, unseen])


def test_slot_that_training_never_used_has_no_column():
    table, _, encoder = fitted({"c": ["x", "y"] * 5})
    assert encode_table(encoder, table).shape == (10, 2)
    assert (
        encode_table(encoder, read_table({"c": ["new", None]})).tolist() == [[0, 0]] * 2
    )


def test_many_categories_become_slot_numbers():
    values = [f"v{i}" for i in range(30) for _ in range(2)]
    table, _statistics, encoder = fitted(
        {"c": values, "x": list(np.linspace(0, 1, 60))}
    )
    assert encoder.cardinalities == (32,)
    ids = encode_table(encoder, table)[:, -1]
    assert sorted(set(ids.tolist())) == list(range(2, 32))
    rows = read_table({"c": ["never", None], "x": [0.5, 0.5]})
    assert encode_table(encoder, rows)[:, -1].tolist() == [0, 1]


def test_most_frequent_categories_are_kept_and_said():
    values = ["a"] * 5 + ["b"] * 4 + ["c"] * 3
    _, statistics, _ = fitted({"c": values}, max_categories=2)
    assert statistics.columns[0].vocabulary == ("a", "b")
    assert any("2 most frequent" in note for note in statistics.notes)


def test_ten_thousand_categories():
    values = [f"v{i % 10_000}" for i in range(20_000)]
    table, _, encoder = fitted({"c": values})
    assert encoder.cardinalities == (10_002,)
    assert len(np.unique(encode_table(encoder, table))) == 10_000


def test_whole_numbers_as_categories():
    rows = [3, 1, 3, None, 1, 3]
    table, statistics, encoder = fitted({"c": rows}, kinds={"c": "categorical"})
    assert statistics.columns[0].vocabulary == (3, 1)
    assert encode_table(encoder, table)[:, 1].tolist() == [1, 0, 1, 0, 0, 1]


def test_booleans():
    table, _, encoder = fitted({"b": [True, False, None, True]})
    assert encode_table(encoder, table).tolist() == [[1, 0], [-1, 0], [0, 1], [1, 0]]


def test_block_size_leaves_no_trace(penguins, monkeypatch):
    statistics = fit_statistics(penguins, infer_columns(penguins, exclude=["species"]))
    whole = encode_table(Encoder(statistics), penguins)
    monkeypatch.setattr("mlpkit.preprocessing.encode.BLOCK_ROWS", 7)
    np.testing.assert_allclose(
        encode_table(Encoder(statistics), penguins), whole, atol=1e-6
    )


def test_json_round_trip(penguins):
    columns = infer_columns(penguins, kinds={"year": "categorical"})
    statistics = fit_statistics(penguins, columns)
    assert Statistics.from_json(statistics.to_json()) == statistics


def test_raw_form_of_missing_values():
    table, statistics, _ = fitted(
        {"f": [1.5, None, 2.0], "i": [1, None, 3], "t": ["a", None, "a"]}
    )
    raw = raw_columns(table, statistics)
    assert np.isnan(raw["f"][1])
    assert raw["i"][1] == MISSING_INTEGER
    assert raw["t"].tolist() == ["a", "", "a"]


def test_rows_that_do_not_fit():
    _, statistics, _ = fitted({"age": [1, 2, 3], "city": ["a", "b", "a"]})
    with pytest.raises(DataError, match=r"'age'.*did you mean 'agee'"):
        raw_columns(read_table({"agee": [1], "city": ["a"]}), statistics)
    with pytest.raises(DataError, match="'age': values must be whole numbers"):
        raw_columns(read_table({"age": ["x"], "city": ["a"]}), statistics)
    with pytest.raises(DataError, match="'age': values must be whole numbers"):
        raw_columns(read_table({"age": [1.5], "city": ["a"]}), statistics)


def test_nothing_to_learn_from():
    with pytest.raises(DataError, match="every one is left out"):
        fitted({"x": [1.0, 1.0, 1.0]})


def test_column_that_does_not_fit_its_kind():
    with pytest.raises(DataError, match="'x': values must be numbers"):
        fitted({"x": ["a", "b"]}, kinds={"x": "numeric"})
    with pytest.raises(DataError, match="'x': values must be dates"):
        fitted({"x": ["a", "b"]}, kinds={"x": "datetime"})
    with pytest.raises(DataError, match="'x': values must be true/false or 0/1"):
        fitted({"x": [1, 2, 3]}, kinds={"x": "boolean"})
