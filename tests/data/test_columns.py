import re

import pytest

from mlpkit.data import infer_columns, read_table
from mlpkit.errors import DataError, UsageError
from mlpkit.preprocessing import fit_statistics

ROWS = 40


def kinds(columns, **options):
    table = read_table(columns)
    return {c.name: (c.kind, c.note) for c in infer_columns(table, **options)}


def test_kinds():
    found = kinds(
        {
            "size": [i / 3 for i in range(ROWS)],
            "rooms": [i % 7 for i in range(ROWS)],
            "city": ["Oslo", "Rome"] * (ROWS // 2),
            "sold": [True, None] * (ROWS // 2),
            "day": ["2024-05-31", "1999-12-31T10:00"] * (ROWS // 2),
        }
    )
    assert {name: kind for name, (kind, _) in found.items()} == {
        "size": "numeric",
        "rooms": "numeric",
        "city": "categorical",
        "sold": "boolean",
        "day": "datetime",
    }


def test_columns_that_tell_nothing_are_left_out_and_say_why():
    found = kinds(
        {
            "id": list(range(100, 100 + ROWS)),
            "name": [f"n{i}" for i in range(ROWS)],
            "unit": ["m"] * ROWS,
            "void": [None] * ROWS,
            "tags": [["a"]] * ROWS,
        }
    )
    assert all(kind == "ignore" for kind, _ in found.values())
    assert "identifier" in found["id"][1]
    assert "40 different texts in 40 rows" in found["name"][1]
    assert "same value" in found["unit"][1]
    assert "no value" in found["void"][1]
    assert "lists" in found["tags"][1]


def test_constant_with_missing_rows_is_kept():
    assert kinds({"x": [1.0, None] * ROWS})["x"][0] == "numeric"


def test_user_wins():
    table = {"id": list(range(ROWS)), "x": [1.0] * ROWS}
    found = kinds(table, kinds={"id": "numeric", "x": "ignore"})
    assert found["id"] == ("numeric", "as configured")
    with pytest.raises(UsageError, match=r"\[columns\] idd: .* did you mean 'id'"):
        kinds(table, kinds={"idd": "numeric"})


def test_numbers_with_a_few_mistakes_are_an_error():
    values = [str(i) for i in range(ROWS)]
    values[3] = "three"
    with pytest.raises(DataError, match="'age'.*got 1 of 40.*'three' .first in row 3"):
        kinds({"age": values})
    assert (
        kinds({"age": values}, kinds={"age": "categorical"})["age"][0] == "categorical"
    )


def test_hint_is_toml_that_can_be_pasted():
    import tomllib

    values = [*map(str, range(ROWS)), "many"]
    with pytest.raises(DataError) as caught:
        kinds({"floor area": values})
    hint = str(caught.value).partition("text, set ")[2].partition(" (in Python")[0]
    assert tomllib.loads(hint) == {"columns": {"floor area": "categorical"}}


def test_half_of_the_texts_being_numbers_is_worth_a_word():
    found = kinds({"x": ["1", "2", "3", "a"] * 10})
    assert found["x"][0] == "categorical"
    assert "75% of the texts are numbers" in found["x"][1]


def test_identifier_with_rows_removed():
    assert kinds({"id": [i for i in range(80) if i % 5]})["id"][0] == "ignore"


def test_times_of_day_say_what_to_do(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{i % 24:02d}:30:15,{i / 3}" for i in range(ROWS)]
    path.write_text("\n".join(["at,x", *rows]))
    table = read_table(path)
    told, _ = infer_columns(table)
    assert told.kind == "ignore"
    assert "as seconds, or with their date (2024-05-31T13:30), or set" in told.note
    assert 'columns.at = "categorical" (in Python' in told.note
    statistics = fit_statistics(
        table, infer_columns(table, kinds={"at": "categorical"})
    )
    assert statistics.columns[0].vocabulary[0] == "00:30:15"


@pytest.mark.parametrize(
    ("values", "kind", "said"),
    [
        (["1", "many"], "numeric", "must be numbers, got 'many' in row 1"),
        (["2024-05-31", "soon"], "datetime", "must be dates .* got 'soon' in row 1"),
        ([1, 2], "datetime", "must be dates, got values of type int64"),
        ([1, 2], "boolean", "must be true/false or 0/1, got 2 in row 1"),
        ([1.0, 2.5], "categorical", "must be whole numbers or text, got 2.5 in row 1"),
    ],
)
def test_a_configured_kind_that_does_not_fit_is_told(values, kind, said):
    table, given = read_table({"x": values}), {"x": kind}
    with pytest.raises(DataError, match=said):
        infer_columns(table, kinds=given)
    (column,) = infer_columns(table, kinds=given, strict=False)
    assert column.kind == kind
    assert re.match(f"cannot be trained on: .*{said}", column.note)
