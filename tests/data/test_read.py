import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from mlpkit.data import read_table, table_digest
from mlpkit.data.formats import open_file
from mlpkit.errors import DataError, UsageError

COLUMNS = {
    "age": [41, 30, None],
    "city": ["Oslo", "", "Łódź"],
    "score": [1.5, float("nan"), 2.0],
    "ok": [True, False, True],
    "born": [datetime.datetime(1980, 5, 1), None, datetime.datetime(2000, 1, 2, 3, 4)],
}
EXPECTED = {
    "age": [41, 30, None],
    "city": ["Oslo", None, "Łódź"],
    "score": [1.5, None, 2.0],
    "ok": [True, False, True],
    "born": COLUMNS["born"],
}


def as_lists(table):
    columns = table.to_pydict()
    columns["age"] = [None if v is None or v != v else int(v) for v in columns["age"]]
    columns["score"] = [None if v is None or v != v else v for v in columns["score"]]
    return columns


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "arrow", "feather"])
def test_every_file_gives_the_same_table(tmp_path, suffix):
    table, path = pa.table(COLUMNS), tmp_path / f"rows.{suffix}"
    if suffix in {"csv", "tsv"}:
        delimiter = "," if suffix == "csv" else "\t"
        pd.DataFrame(COLUMNS).astype({"age": "Int64"}).to_csv(
            path, index=False, sep=delimiter
        )
    elif suffix == "parquet":
        pyarrow.parquet.write_table(table, path)
    else:
        pyarrow.feather.write_feather(table, path)
    assert as_lists(read_table(path)) == EXPECTED


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table, dict])
def test_every_table_in_memory_gives_the_same_table(make):
    assert as_lists(read_table(make(COLUMNS))) == EXPECTED


def test_pandas_categories_and_arrow_dictionaries_are_decoded():
    frame = pd.DataFrame({"size": pd.Categorical(["s", "m", None])})
    assert read_table(frame).to_pydict() == {"size": ["s", "m", None]}


def test_own_missing_texts(tmp_path):
    (tmp_path / "rows.csv").write_text("a,b\n1,x\n?,?\n")
    table = read_table(tmp_path / "rows.csv", missing_values=["?"])
    assert table.to_pydict() == {"a": [1, None], "b": ["x", None]}


def test_bundled_sets_have_class_names():
    table = read_table("sklearn:breast_cancer")
    assert table.num_rows == 569
    assert set(table.column("target").to_pylist()) == {"benign", "malignant"}
    with pytest.raises(UsageError, match="did you mean 'iris'"):
        read_table("sklearn:irsi")


@pytest.mark.parametrize(
    ("name", "text", "error", "said"),
    [
        ("empty.csv", "", DataError, "empty file"),
        ("header.csv", "a,b\n", DataError, "at least one row"),
        ("twice.csv", "a,b,a\n1,2,3\n", DataError, "unique, got twice: a"),
        ("unnamed.csv", "a,\n1,2\n", DataError, "must have a name"),
        ("ragged.csv", "a,b\n1,2\n3\n", DataError, "Expected 2 columns"),
        ("rows.xlsx", "x", UsageError, "must end in one of"),
        ("broken.parquet", "no", DataError, "cannot be read as parquet"),
    ],
)
def test_bad_files(tmp_path, name, text, error, said):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(error, match=said) as caught:
        read_table(path)
    assert name in str(caught.value)


def test_missing_file_suggests(tmp_path):
    (tmp_path / "houses.csv").write_text("a\n1\n")
    with pytest.raises(UsageError, match=r"did you mean 'houses.csv'"):
        read_table(tmp_path / "house.csv")


def test_bad_tables_in_memory():
    with pytest.raises(DataError, match="'a': all values must have one type"):
        read_table({"a": [1, "x"]})
    with pytest.raises(DataError, match="got twice: a"):
        read_table(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(UsageError, match="got int"):
        read_table(7)
    with pytest.raises(DataError, match="at least one row"):
        read_table({"a": []})


def test_digest_is_of_the_content(tmp_path):
    table = read_table({"a": np.arange(1000), "b": [str(i) for i in range(1000)]})
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet", row_group_size=10)
    assert table_digest(read_table(tmp_path / "rows.parquet")) == table_digest(table)
    assert table_digest(table.slice(1)) != table_digest(table)


def test_semicolons_and_decimal_commas(tmp_path):
    (tmp_path / "rows.csv").write_text("size;city\n1,5;Oslo\n2,25;Rome, Italy\n")
    table = read_table(tmp_path / "rows.csv")
    assert table.to_pydict() == {"size": [1.5, 2.25], "city": ["Oslo", "Rome, Italy"]}


@pytest.mark.parametrize("delimiter", ["\t", "|"], ids=["tabs", "bars"])
def test_other_delimiters(tmp_path, delimiter):
    rows = ['size,0|"a,b|c"|price', "1,5|Oslo|1,050", "2,25|Rome, Italy|950"]
    if delimiter == "\t":
        rows = [row.replace("|", "\t") for row in rows]
    (tmp_path / "rows.csv").write_text("\n".join(rows))
    table = read_table(tmp_path / "rows.csv")
    assert table.column(0).to_pylist() == [1.5, 2.25]
    assert table.column(1).to_pylist() == ["Oslo", "Rome, Italy"]
    # no decimal comma: in this file all could be thousands
    (tmp_path / "rows.csv").write_text(
        f"a{delimiter}b\n1,050{delimiter}x\n950{delimiter}y"
    )
    assert read_table(tmp_path / "rows.csv")["a"].to_pylist() == ["1,050", "950"]


def test_a_row_of_more_columns_is_named(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,2\n\n3,4\n5,6,7\n8,9\n")
    with pytest.raises(DataError, match="row 4 .*: Expected 2 columns, got 3: 5,6,7"):
        read_table(path)
    with pytest.raises(DataError, match="row 4 "):
        open_file(path, [""], {})
    path.write_text("a,b\n" + "1,2\n" * 300_000 + "x,1\n" + "1,2\n" * 9 + "1,2,3\n")
    with pytest.raises(DataError, match="row 300012 .*: Expected 2 columns, got 3"):
        read_table(path)  # that a number is none is no mistake: the column is a text


@pytest.mark.parametrize("text", ["größe\n1\n", "city\nŁódź\nMünchen\n"])
def test_other_encodings_are_refused(tmp_path, text):
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode("latin-1" if "ö" in text[:4] else "cp1250"))
    with pytest.raises(DataError, match="must be UTF-8"):
        read_table(path)


def test_list_of_rows_and_what_is_no_table():
    assert read_table([{"a": 1, "b": "x"}, {"a": None, "b": "y"}]).num_rows == 2
    with pytest.raises(DataError, match="'a': must be a list of plain values"):
        read_table({"a": 1.5})
    with pytest.raises(UsageError, match="must be a file, got a folder"):
        read_table(".")
    with pytest.raises(UsageError, match="got Series"):
        read_table(pd.Series([1, 2]))
