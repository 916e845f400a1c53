"""How texts of CSV files become columns."""

import pytest

from mlpkit.data import read_table
from mlpkit.data.delimited import csv_options, kept_texts
from mlpkit.data.formats import open_file


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


def test_no_two_codes_become_one(tmp_path):
    path = tmp_path / "rows.csv"
    lines = ["month,day,mixed,hex,id", "01,5,1,0x1F,118446744073709551614"]
    lines += ["02,05,10,12,118446744073709551615", "11,17,07,0,"]
    path.write_text("\n".join(lines))
    table = read_table(path)
    found = {f.name: str(f.type) for f in table.schema}
    numbers = dict.fromkeys(("month", "mixed"), "int64")
    assert found == {**dict.fromkeys(("day", "hex", "id"), "string"), **numbers}
    assert table["id"].to_pylist()[:2] == [
        line.rpartition(",")[2] for line in lines[1:3]
    ]
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
