"""How texts of CSV files become columns."""

import pytest

from mlpkit.data import read_table
from mlpkit.data.delimited import csv_options, kept_texts
from mlpkit.data.formats import open_file
from mlpkit.errors import DataError


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "in blocks"])
def test_codes_keep_their_zeros(tmp_path, stream):
    path = tmp_path / "shops.csv"
    path.write_text("zip,day,count,late\n10115,05,7,1\n04001,12,,1\nNA,31,9,007\n")

    def read(**types):
        if stream:
            return open_file(path, ["", "NA"], types).schema
        return read_table(path, missing_values=["", "NA"], types=types).schema

    found = {f.name: str(f.type) for f in read()}
    whole = {"day": "int64", "count": "int64"}
    assert found == {"zip": "string", "late": "string", **whole}
    assert str(read(zip="int64").field("zip").type) == "int64"
    table = read_table(path, missing_values=["", "NA"])
    assert table["zip"].to_pylist() == ["10115", "04001", None]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("mean|x,mean|y\n1,2\n", {"mean|x": 1, "mean|y": 2}),
        ("size|cm\n1\n2\n", {"size|cm": 1}),
        ('"size\n(cm)";b\n1;2\n', {"size\n(cm)": 1, "b": 2}),
        ("id;size, cm;height, cm;w, kg\n1;2;3;4\n", {"id": 1, "w, kg": 4}),
        ("a;b\n1,5;2,050\n", {"a": 1.5, "b": 2.05}),
        ("a\tb\n1\t950\n2\t1,050", {"b": "950"}),  # thousands, without a last newline
        ("a\tb\n1.5\t3,7\n2.5\t4\n", {"a": 1.5, "b": "3,7"}),  # lists, not decimal
        ("a\tb\n1,5\t7\n", {"a": 1.5}),
        ("only\n1\n", {"only": 1}),
        ("a,b\n", {}),
    ],
)
def test_delimiter_and_decimal_point_are_told_from_header_and_rows(
    tmp_path, text, first
):
    path = tmp_path / "rows.csv"
    path.write_text(text)
    if not first:
        with pytest.raises(DataError, match="at least one row"):
            read_table(path)
        return
    row = read_table(path).slice(0, 1).to_pylist()[0]
    assert {name: row[name] for name in first} == first


def test_a_number_that_is_cut_where_the_look_ends_is_not_decimal(tmp_path, monkeypatch):
    path = tmp_path / "rows.tsv"
    path.write_text("a\tb\n" + "1\t11,007\n" * 9)
    for characters in range(12, 30):
        monkeypatch.setattr("mlpkit.data.delimited._LOOK_CHARACTERS", characters)
        assert read_table(path)["b"][0].as_py() == "11,007"
    (tmp_path / "wide.csv").write_text("aaaa;bbbb;cccc\n1,5;2;3\n")
    monkeypatch.setattr("mlpkit.data.delimited._LOOK_CHARACTERS", 6)
    assert read_table(tmp_path / "wide.csv").column_names == ["aaaa", "bbbb", "cccc"]


def test_no_two_codes_become_one(tmp_path):
    path = tmp_path / "rows.csv"
    lines = ["month,day,mixed,hex,id,sum,zip", "01,5,1,0x1F,9300000000000000001,1.5,4"]
    lines += ["02,05,10,12,9300000000000000002,1,"]
    lines += ["11,17,07,0,,100000000000000000000, 04001"]
    path.write_text("\n".join(lines))
    table = read_table(path)
    found = {f.name: str(f.type) for f in table.schema}
    numbers = {"month": "int64", "mixed": "int64", "sum": "double"}
    assert found == {**dict.fromkeys(("day", "hex", "id", "zip"), "string"), **numbers}
    assert table["id"].to_pylist() == ["93" + "0" * 16 + d for d in "12"] + [None]
    table = read_table(path, categories=("month", "mixed"))
    assert table["month"].to_pylist() == ["01", "02", "11"]
    assert table["mixed"].to_pylist() == ["1", "10", "07"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "in blocks"])
def test_categories_that_are_no_whole_numbers_stay_as_they_are_written(
    tmp_path, stream
):
    path = tmp_path / "rows.csv"
    lines = ["time,day,yes,part,count,code", "08:00,2024-05-31,True,1.10,1,1.0"]
    path.write_text("\n".join([*lines, "12:00,2024-06-01,False,1.1,2,\n"]))
    names = ("time", "day", "yes", "part", "count", "code")
    if stream:
        file = open_file(path, [""], {}, names)
        (table,) = file.read(0, names, 9)
    else:
        table = read_table(path, categories=names)
    assert table["time"].to_pylist() == ["08:00", "12:00"]
    assert table["day"][0].as_py() == "2024-05-31"
    assert table["yes"].to_pylist() == [True, False]
    assert table["code"].to_pylist() == [1.0, None]
    assert table["part"].to_pylist() == ["1.10", "1.1"]
    assert table["count"].to_pylist() == [1, 2]


def test_a_file_without_rows_has_no_codes(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("a,b\n")
    assert kept_texts(path, *csv_options(path, [""])) == {}
