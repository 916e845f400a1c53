"""How texts of CSV files become columns."""

import pytest

from mlpkit.data import read_table
from mlpkit.data.delimited import codes, csv_options
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


def test_a_file_without_rows_has_no_codes(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("a,b\n")
    assert codes(path, *csv_options(path, [""])) == {}
