import pyarrow as pa
import pytest

from mlpkit.data import infer_columns, infer_target
from mlpkit.data.texts import infer_text, look_alike
from mlpkit.errors import DataError

DATES = [f"2024-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(60)]


def inferred(values):
    column = pa.chunked_array([values])
    return infer_text("x", column, len(set(values) - {None}))


def test_dates_missing_ones_too():
    assert inferred([*DATES, None]) == ("datetime", "")


def test_one_bad_date_is_an_error_that_names_it():
    with pytest.raises(DataError, match=r"all dates .* got 1 of 60 .*'soon' .* row 7"):
        inferred([*DATES[:7], "soon", *DATES[8:]])


@pytest.mark.parametrize(
    "form",
    ["{d}.{m}.2024", "{m}/{d}/2024", "{m}/{d}/24", "2024/{m}/{d}", "{d}-{m}-2024"],
)
def test_dates_in_another_form_are_an_error(form):
    texts = [form.format(d=1 + i % 28, m=1 + i // 28) for i in range(60)]
    with pytest.raises(DataError, match=f"dates in another form .*'{texts[0]}'"):
        inferred(texts)
    with pytest.raises(DataError, match="dates in another form"):
        inferred([f"{t} 13:30" for t in texts])


@pytest.mark.parametrize(
    "form", ["{:,}", "$ {:,.2f}", "{} €", "{}%", "{},5", "{:,.1f}"]
)
def test_numbers_with_separators_or_units_are_an_error(form):
    texts = [form.format(1000 + 37 * i) for i in range(60)]
    with pytest.raises(DataError, match="numbers with separators or units"):
        inferred(texts)


@pytest.mark.parametrize(
    "texts", [["25-34", "35-44"], ["10.0.0.1", "10.0.0.2"], ["A1", "B,2"], ["1", "2"]]
)
def test_categories_are_none_of_these(texts):
    assert not look_alike(pa.chunked_array([texts * 20]))
    assert inferred(texts * 20)[0] == "categorical"


def test_a_target_of_prices_is_no_class():
    prices = [f"{1000 + 10 * (i % 7):,}" for i in range(60)]
    with pytest.raises(DataError, match=r"target 'y'.*'1,000'.*set data.task"):
        infer_target(pa.table({"y": prices}), ["y"])
    assert infer_target(pa.table({"y": prices}), ["y"], "multiclass").num_outputs == 7


def test_the_users_kind_wins():
    table = pa.table({"x": ["31.05.2024", "01.06.2024"] * 20})
    assert infer_columns(table, kinds={"x": "categorical"})[0].kind == "categorical"
