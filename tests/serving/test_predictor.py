import numpy as np
import pytest

from mlpkit import Predictor
from mlpkit.errors import ServingError, UsageError

pytestmark = pytest.mark.slow

ROW = {
    "island": "Torgersen",
    "bill_length_mm": 39.1,
    "bill_depth_mm": 18.7,
    "flipper_length_mm": 181,
    "body_mass_g": 3750,
    "sex": "male",
    "year": 2007,
}


@pytest.fixture(scope="module")
def predictor(penguin_export):
    return Predictor(penguin_export.parent)


def test_rows_columns_and_missing_values(predictor):
    rows = [ROW, {**ROW, "sex": None, "year": None, "bill_length_mm": None}]
    by_row = predictor.predict(rows)
    by_column = predictor.predict({k: [row[k] for row in rows] for k in ROW})
    assert by_row["classes"].tolist()[0] == "Adelie"
    np.testing.assert_array_equal(by_row["scores"], by_column["scores"])
    assert np.isfinite(by_row["scores"]).all()


def test_no_rows_and_surplus_columns(predictor):
    nothing = predictor.predict([])
    assert nothing["scores"].shape == (0, 3)
    assert nothing["classes"].dtype.kind == "U"
    assert predictor.predict([{**ROW, "colour": "blue"}])["classes"].shape == (1,)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"year": 2007.5}, "'year' must hold whole numbers, got 2007.5 in row 0"),
        ({"year": "2007"}, "'year' must hold whole numbers, got '2007'"),
        ({"bill_length_mm": "long"}, "'bill_length_mm' must hold numbers, got 'long'"),
        ({"sex": ["female"]}, "'sex' must hold text, got .'female'. in row 0"),
    ],
)
def test_wrong_types(predictor, change, said):
    with pytest.raises(ServingError, match=said):
        predictor.predict([{**ROW, **change}])


@pytest.mark.parametrize(
    ("value", "text"),
    [(7, "7"), (np.int64(7), "7"), (7.0, "7"), (0.5, "0.5"), (True, "true")],
)
def test_numbers_and_booleans_are_categories_as_their_texts(predictor, value, text):
    by_value = predictor.predict([{**ROW, "sex": value}])
    by_text = predictor.predict([{**ROW, "sex": text}])
    np.testing.assert_array_equal(by_value["scores"], by_text["scores"])


def test_missing_column_suggests(predictor):
    row = {("iland" if k == "island" else k): v for k, v in ROW.items()}
    with pytest.raises(ServingError, match="row 0 .*island.*did you mean 'iland'"):
        predictor.predict([row])
    with pytest.raises(ServingError, match="island"):
        predictor.predict({k: [v] for k, v in row.items()})
    with pytest.raises(ServingError, match="equally long"):
        predictor.predict({**{k: [v] for k, v in ROW.items()}, "sex": []})


def test_no_model_there(tmp_path):
    with pytest.raises(UsageError, match="must be an exported model"):
        Predictor(tmp_path)


def test_every_table(predictor):
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    rows = [ROW, {**ROW, "sex": None, "year": None, "bill_length_mm": None}]
    expected = predictor.predict(rows)["scores"]
    for table in (pd.DataFrame(rows), pl.DataFrame(rows), pa.Table.from_pylist(rows)):
        np.testing.assert_array_equal(predictor.predict(table)["scores"], expected)
    assert predictor.predict([{**ROW, "year": pd.NA}])["scores"].shape == (1, 3)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("rows.csv", "list of dicts.*got str"),
        ({k: [v] for k, v in ROW.items()} | {"year": 2007}, "'year' must be a list"),
        ([{**ROW, "year": 2**70}], "'year' must hold whole numbers"),
    ],
)
def test_what_is_no_rows(predictor, rows, said):
    with pytest.raises(ServingError, match=said):
        predictor.predict(rows)
