import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse

import mlpkit
from mlpkit.config.schema import MISSING_VALUES
from mlpkit.errors import DataError
from mlpkit.estimators.tables import feature_table, plain_numbers

pytestmark = pytest.mark.slow


def read(data, **options):
    return feature_table(data, missing_values=MISSING_VALUES, **options)[0]


@pytest.mark.parametrize(
    "data",
    [
        np.array([[1.5, 2], [3, np.nan]]),
        np.array([[1.5, 2], [3, np.nan]], dtype="float32"),
        np.array([[1.5, 2], [3, None]], dtype=object),
        [[1.5, 2], [3, None]],
        np.asfortranarray([[1.5, 2], [3, np.nan]]),
    ],
)
def test_arrays_of_numbers(data):
    found = read(data)
    assert found.column_names == ["x0", "x1"]
    assert found.column("x0").to_pylist() == [1.5, 3.0]
    assert found.column("x1").to_pylist()[0] == 2
    second = found.column("x1").to_pylist()[1]
    assert second is None or np.isnan(second)


def test_rows_of_texts_and_numbers():
    found = read([["red", 1], ["blue", 2.5], [None, 3]])
    assert found.column("x0").to_pylist() == ["red", "blue", None]
    assert found.column("x1").to_pylist() == [1.0, 2.5, 3.0]


def test_texts_as_numpy_has_them():
    found = read(np.array([["a", "b"], ["c", "NA"]]))
    assert found.column("x1").to_pylist() == ["b", None]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames_keep_their_names(make):
    found = read(make({"size": [1.5, 2.5], "unit": ["m", "cm"]}))
    assert found.column_names == ["size", "unit"]
    assert found.column("unit").to_pylist() == ["m", "cm"]


def test_columns_of_several_types_are_texts_and_said():
    frame = pd.DataFrame({"code": [1, "a", None, 2.5]}, dtype=object)
    with pytest.warns(UserWarning, match="column 'code' holds float, int, str"):
        found, as_text = feature_table(frame, missing_values=MISSING_VALUES)
    assert as_text == {0}
    assert found.column("code").to_pylist() == ["1", "a", None, "2.5"]
    again = read(pd.DataFrame({"code": [1, 2]}), as_text={0})
    assert again.column("code").to_pylist() == ["1", "2"]


@pytest.mark.parametrize(
    ("data", "error", "match"),
    [
        (np.array([1.0, 2.0]), ValueError, "Expected 2D array, got 1D array"),
        (np.empty((0, 2)), ValueError, r"0 sample\(s\)"),
        (np.empty((2, 0)), ValueError, r"0 feature\(s\)"),
        (pd.DataFrame({"a": []}), ValueError, r"0 sample\(s\)"),
        (pd.DataFrame(index=[0, 1]), ValueError, r"0 feature\(s\)"),
        (scipy.sparse.eye(30_000), ValueError, r"at most 4 GiB, got shape .*: 6\.7; "),
        (np.array([[1j], [2]]), ValueError, "Complex data not supported"),
        ([[1.0, np.inf]], ValueError, "contains infinity"),
        (pd.DataFrame({"a": [1.0, -np.inf]}), ValueError, "column 'a' must be finite"),
        (np.array([[1e39]]), ValueError, "column 'x0' must be finite .* 1e\\+39"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ValueError, "got twice: a"),
    ],
)
def test_what_is_no_table_is_said(data, error, match):
    with pytest.raises(error, match=match):
        read(data)


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil"])
def test_sparse_matrices_are_read_as_dense_ones(form):
    dense = np.array([[1.0, 0.0], [0.0, np.nan], [2.5, 0.0]])
    table = read(getattr(scipy.sparse, f"{form}_array")(dense))
    assert table.equals(read(dense))
    frame = pd.DataFrame({"x0": pd.arrays.SparseArray(dense[:, 0])})
    assert read(frame).column("x0").to_pylist() == [1.0, 0.0, 2.5]


def test_types_that_arrow_does_not_compare_are_left_out_with_a_word():
    months = pd.period_range("2024-01", periods=60, freq="M")
    frame = pd.DataFrame({"month": months, "x": np.arange(60.0)})
    with pytest.warns(UserWarning, match="'month': left out: values of type .*period"):
        mlpkit.MLPRegressor(max_iter=1, recipe="none").fit(frame, frame["x"])


def test_numbers_of_text_are_categories():
    assert read([["1"], ["2"]]).column("x0").to_pylist() == ["1", "2"]


def test_whole_numbers_stay_exact_where_float32_would_round_them():
    large = 2**40 + np.arange(4)
    table = pa.table({"small": [1, 2, 3, 4], "large": large, "huge": large * 2**23})
    found = plain_numbers(table, {"none"})
    kinds = dict(zip(found.column_names, found.schema.types, strict=True))
    assert kinds == {"small": pa.float64(), "large": pa.int64(), "huge": pa.float64()}
    kept = plain_numbers(table, {"small"}).schema.field("small").type
    assert kept == pa.int64()


def test_large_whole_numbers_are_told_apart():
    x = (2**50 + np.arange(200))[:, None]
    y = (np.arange(200) >= 100).astype(int)
    model = mlpkit.MLPClassifier(8, max_iter=40, learning_rate_init=0.02).fit(x, y)
    assert model.score(x, y) > 0.95
    with pytest.raises(DataError, match=r"within ±2\*\*62"):
        model.predict(np.array([[2**62]]))


def test_numbers_beyond_64_bits():
    x = np.array([[2**63 + 5], [2**64 - 1], [7], [8]], dtype=np.uint64)
    model = mlpkit.MLPClassifier(4, max_iter=2).fit(x, [0, 0, 1, 1])
    assert np.isfinite(model.predict_proba(x)).all()
    beyond = [[10**30], [10**31], [1], [2]]
    assert np.isfinite(model.fit(beyond, [0, 0, 1, 1]).predict_proba(beyond)).all()
    with pytest.raises(ValueError, match="must be finite"):
        model.fit([[10**50], [1], [2], [3]], [0, 0, 1, 1])
    with pytest.raises(ValueError, match="must be .* got -inf in row 1"):
        model.fit([[1], [-(10**400)], [2], [3]], [0, 0, 1, 1])


def test_columns_without_values_and_constant_ones():
    frame = pd.DataFrame(
        {"none": [None] * 6, "nan": [np.nan] * 6, "one": [3] * 6, "x": [1.0, 2] * 3}
    )
    model = mlpkit.MLPClassifier(4, max_iter=2).fit(frame, ["a", "b"] * 3)
    assert np.isfinite(model.predict_proba(frame)).all()
    later = frame.assign(none="text", nan=5.0, one=[1, 2, 3, 4, 5, np.nan])
    assert np.isfinite(model.predict_proba(later)).all()
    constant = mlpkit.MLPClassifier(4, max_iter=2).fit(np.ones((4, 2)), [0, 1, 0, 1])
    assert np.isfinite(constant.predict_proba(np.ones((4, 2)))).all()


def test_text_where_numbers_were_is_said():
    model = mlpkit.MLPClassifier(4, max_iter=1).fit([[1.0], [2.0]], [0, 1])
    said = "column 'x0': values must be numbers, got 'high' in row 2; correct it"
    with pytest.raises(DataError, match=said):
        model.predict([["1.5"], [None], ["high"], ["low"]])


def test_texts_that_all_differ_are_left_out_and_said():
    frame = pd.DataFrame({"name": [f"n{i}" for i in range(30)], "x": np.arange(30.0)})
    with pytest.warns(UserWarning, match="'name': left out: 30 different texts"):
        model = mlpkit.MLPRegressor(hidden_layer_sizes=4, max_iter=1).fit(
            frame, range(30)
        )
    assert "name" in model.notes_[0]


def test_row_numbers_are_a_feature():
    x = pd.DataFrame({"t": range(40)})
    model = mlpkit.MLPRegressor(hidden_layer_sizes=(), max_iter=1).fit(x, range(40))
    assert model.network_.statistics.names == ("t",)


def test_numbers_that_are_marked_as_categories_are_categories():
    marked = pd.DataFrame({"zip": pd.Categorical([10, 20, 10, 20, None])})
    encoded = pa.table({"zip": pa.array([10, 20, 10, 20, None]).dictionary_encode()})
    for x in (marked, encoded):
        model = mlpkit.MLPClassifier((), max_iter=2).fit(x, [0, 1, 0, 1, 1])
        assert model.network_.statistics.columns[0].vocabulary == ("10", "20")
        plain = pd.DataFrame({"zip": [10, 20]})
        expected = model.predict_proba(x)[:2]
        np.testing.assert_allclose(model.predict_proba(plain), expected)
    words = pd.DataFrame({"c": pd.Categorical(["a", "b", "a", "b"])})
    assert feature_table(words, missing_values=())[1] == frozenset()


@pytest.mark.parametrize(
    "texts",
    [["31.05.2024", "01.06.2024"], ["1,234.50", "2,000"], ["2024-05-31", "2024-06-01"]],
)
def test_what_is_marked_as_categories_is_whatever_its_texts_look_like(texts):
    values = texts * 10
    marked = pd.DataFrame({"c": pd.Categorical(values), "x": np.arange(20.0)})
    polars = pl.DataFrame(
        {"c": pl.Series(values, dtype=pl.Categorical), "x": [1.0] * 20}
    )
    for x in (marked, polars):
        model = mlpkit.MLPClassifier((), max_iter=1).fit(x, [0, 1] * 10)
        assert model.network_.statistics.columns[0].vocabulary == tuple(sorted(texts))
        assert model.predict(x).shape == (20,)
    given = mlpkit.MLPClassifier((), max_iter=1, columns={"c": "ignore"})
    assert given.fit(marked, [0, 1] * 10).network_.statistics.names == ("x",)


def test_categories_that_only_name_the_rows_are_left_out_as_ever():
    names = pd.Categorical([f"{i}.05.2024x" for i in range(30)])
    x = pd.DataFrame({"name": names, "x": np.arange(30.0)})
    with pytest.warns(UserWarning, match="'name': left out: 30 different texts"):
        mlpkit.MLPClassifier((), max_iter=1).fit(x, [0, 1] * 15)


def test_rows_in_errors_are_those_of_x():
    rows, y = 40, np.arange(40) % 2
    x = pd.DataFrame(
        {"x": np.arange(rows)[::-1], "d": ["2024-01-02", "2024-01-03"] * 20}
    )
    wrong = x.copy()
    wrong.loc[33, "d"] = "2024-02-30"
    model = mlpkit.MLPClassifier((), max_iter=1, warm_start=True)
    for ask in (model.fit, model.fit, lambda x, _: model.predict(x)):
        with pytest.raises(DataError, match="'2024-02-30' in row 33"):
            ask(wrong, y)
        model.fit(x, y)
    wrong.loc[33, "d"] = "soon"
    with pytest.raises(DataError, match=r"'soon' \(first in row 33\)"):
        mlpkit.MLPClassifier((), max_iter=1).fit(wrong, y)
