import pyarrow as pa
import pytest

from mlpkit.data import infer_columns, infer_target
from mlpkit.data.texts import infer_text, look_alike
from mlpkit.errors import DataError, UsageError

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
    with pytest.raises(DataError, match=f"'{texts[30]}'"):
        inferred(DATES[:30] + texts[30:])  # half of them in each form


@pytest.mark.parametrize(
    "form",
    ["2024-5-{}", "2024-05-{} 1:30", "2024-05-{} 13:30:00 +02:00", "2024-05-{} "],
)
def test_dates_that_are_nearly_iso_are_an_error(form):
    with pytest.raises(DataError, match="dates in another form"):
        inferred([form.format(10 + i % 20) for i in range(60)])
    assert "50% of the texts are dates" in inferred([*DATES[:20], *["?"] * 20])[1]


@pytest.mark.parametrize(
    "form",
    [
        "{:,}",
        "$ {:,.2f}",
        "{} €",
        "{}%",
        "{},5",
        "{:,.1f}",
        "{} EUR",
        "−{}",
        "{:,}#",  # spaces
        "{:,}_",  # thin ones
    ],
)
def test_numbers_with_separators_or_units_are_an_error(form):
    texts = [form.format(1000 + 37 * i) for i in range(60)]
    if form[-1] in "#_":
        texts = [
            t[:-1].replace(",", {"#": " ", "_": "\u202f"}[form[-1]]) for t in texts
        ]
    with pytest.raises(DataError, match="numbers with (separators or units|spaces)"):
        inferred(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["25-34", "35-44"],
        ["10.0.0.1", "10.0.0.2"],
        ["0.0.10", "1.15.2"],
        ["20-40-70", "0-0-10"],
        ["2021.3.7", "2022.10.31"],
        ["738 792", "7 368"],
        ["(5)", "(12)"],
        ["A1", "B,2"],
        ["1", "2"],
        ["1/2/2024 13:30 meeting with 0", "00/10/2024"],
    ],
)
def test_categories_are_none_of_these(texts):
    assert not look_alike(pa.chunked_array([texts * 20]))
    assert inferred(texts * 20)[0] == "categorical"


def test_a_target_of_prices_is_no_class():
    prices = [f"{1000 + 10 * (i % 7):,}" for i in range(60)]
    with pytest.raises(DataError, match=r"target 'y'.*'1,000'.*set data.task = .multi"):
        infer_target(pa.table({"y": prices}), ["y"])
    with pytest.raises(UsageError, match="regression takes numbers, got numbers with"):
        infer_target(pa.table({"y": prices}), ["y"], "regression")
    assert infer_target(pa.table({"y": prices}), ["y"], "multiclass").num_outputs == 7


def test_the_users_kind_wins():
    table = pa.table({"x": ["31.05.2024", "01.06.2024"] * 20})
    assert infer_columns(table, kinds={"x": "categorical"})[0].kind == "categorical"


def test_large_numbers_with_separators_are_no_mistakes_that_mean_missing():
    texts = [str(i) for i in range(57)] + ["1,200", "1,300", "2,400"]
    with pytest.raises(DataError, match=r"separators or units, such as '1,200'"):
        inferred(texts)
    column = pa.table({"x": texts})
    assert "cannot be trained on" in infer_columns(column, strict=False)[0].note


def test_few_texts_tell_nothing_about_their_form():
    assert inferred(["5%", *[None] * 50])[0] == "categorical"


@pytest.mark.parametrize("dates", [DATES, [*DATES[:-1], "soon"]])
def test_a_target_of_dates_is_no_class(dates):
    with pytest.raises(DataError, match="must be a class or a number, got dates"):
        infer_target(pa.table({"y": dates * 3}), ["y"])
