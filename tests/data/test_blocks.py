import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

from mlpkit.data import TableBlocks, read_table
from mlpkit.data import formats as formats_module
from mlpkit.errors import DataError, UsageError

SHIPPED = Path(__file__).parents[2] / "configs" / "data"
ROWS = 300


def nasty_table():
    generator = np.random.default_rng(0)
    texts = ["NA", "", "Łódź", "a,b", 'say "x"', "two\nlines", "nan", "0", " ", "ok"]

    def some(values):
        return pa.array(values, mask=generator.random(ROWS) < 0.1)

    start = datetime.datetime(2020, 1, 1)
    days = [start + datetime.timedelta(hours=7 * i) for i in range(ROWS)]
    return pa.table(
        {
            "real": some(generator.normal(size=ROWS)),
            "whole": some(generator.integers(-5, 2**60, ROWS)),
            "text": some(np.array(texts)[generator.integers(0, len(texts), ROWS)]),
            "yes": some(generator.random(ROWS) < 0.5),
            "when": some(days),
            "late": [None] * (ROWS - 1) + [1.5],
            "never": pa.nulls(ROWS, pa.string()),
        }
    )


def write(table, path, *, group=64):
    if path.suffix == ".csv":
        pa.csv.write_csv(table, path)
    elif path.suffix == ".tsv":
        pa.csv.write_csv(table, path, pa.csv.WriteOptions(delimiter="\t"))
    elif path.suffix == ".parquet":
        pa.parquet.write_table(table, path, row_group_size=group)
    else:
        pa.feather.write_feather(table, path, chunksize=group)
    return path


def whole(blocks):
    return pa.concat_tables([block.table for block in blocks])


@pytest.fixture
def small_looks(monkeypatch):
    """CSV files are looked at, and read, 200 bytes at a time."""
    monkeypatch.setattr(formats_module, "_LOOK_BYTES", 200)
    monkeypatch.setattr(formats_module, "_SMALLEST_BLOCK", 200)


@pytest.mark.parametrize("block_rows", [1, 50, 10_000])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "arrow", "feather"])
def test_the_blocks_are_what_read_table_gives(tmp_path, suffix, block_rows):
    path = write(nasty_table(), tmp_path / f"rows.{suffix}")
    blocks = TableBlocks(path, block_rows=block_rows)
    expected = read_table(path)
    assert blocks.schema == expected.schema
    assert blocks.num_rows == ROWS
    assert whole(blocks).equals(expected)
    assert max(block.table.num_rows for block in blocks) <= block_rows


@pytest.mark.parametrize("name", ["penguins.csv", "wage.parquet", "yeast.parquet"])
def test_shipped_tables(name):
    blocks = TableBlocks(SHIPPED / name, block_rows=100)
    assert whole(blocks).equals(read_table(SHIPPED / name))


def test_own_missing_values(tmp_path):
    path = write(pa.table({"c": ["?", "NA", "x"]}), tmp_path / "rows.parquet")
    blocks = TableBlocks(path, missing_values=["?"])
    assert whole(blocks).column("c").to_pylist() == [None, "NA", "x"]


def test_decoded_types_from_parquet(tmp_path):
    table = pa.table(
        {
            "coded": pa.array(["a", "NA", None, "b"]).dictionary_encode(),
            "small": pa.array([1, 2, None, 3], pa.int8()),
            "half": pa.array([1.5, 2, None, 3], pa.float32()),
            "large": pa.array(["x", "", "y", "z"], pa.large_string()),
            "day": pa.array([datetime.date(2020, 1, 2)] * 4),
            "list": [["a"], [], None, ["b", "c"]],
        }
    )
    path = write(table, tmp_path / "rows.parquet", group=3)
    assert whole(TableBlocks(path)).equals(read_table(path))


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow"])
def test_files_of_a_folder_get_their_common_types(tmp_path, suffix):
    write(pa.table({"x": [1, 2], "c": ["a", "b"]}), tmp_path / f"1.{suffix}")
    write(pa.table({"x": [0.5], "c": pa.nulls(1)}), tmp_path / f"2.{suffix}")
    write(pa.table({"c": ["d"], "y": [1], "x": [7]}), tmp_path / f"3.{suffix}")
    (tmp_path / "_SUCCESS").touch()
    paths = [tmp_path / f"{i}.{suffix}" for i in (1, 2, 3)]
    tables = [read_table(path).select(["x", "c"]) for path in paths]
    expected = pa.concat_tables(tables, promote_options="permissive")
    assert whole(TableBlocks(tmp_path)).equals(expected)
    assert whole(TableBlocks(paths[1::-1])).column("x").to_pylist() == [0.5, 1, 2]
    assert [(b.file, b.row) for b in TableBlocks(tmp_path)] == [(0, 0), (1, 0), (2, 0)]


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_shuffled_units(tmp_path, suffix):
    path = write(pa.table({"x": range(1000)}), tmp_path / f"x.{suffix}", group=50)
    blocks = TableBlocks(path, block_rows=20)
    orders = {
        (seed, epoch): list(blocks.shuffled(seed, epoch))
        for seed in (1, 2)
        for epoch in (0, 1)
    }
    firsts = {key: [b.row for b in found] for key, found in orders.items()}
    assert len({tuple(rows) for rows in firsts.values()}) == 4
    assert [b.row for b in blocks.shuffled(1, 0)] == firsts[1, 0]
    for found in orders.values():
        assert sorted(whole(found).column("x").to_pylist()) == list(range(1000))
        for block in found:  # positions go with their rows
            assert block.positions.tolist() == block.table.column("x").to_pylist()
    units = [row // 50 for row in firsts[1, 0]]
    assert len([1 for a, b in pairwise(units) if a != b]) == 19


def test_files_have_different_positions(tmp_path):
    for name in "ab":
        write(pa.table({"x": range(5)}), tmp_path / f"{name}.csv")
    positions = [p for b in TableBlocks(tmp_path, block_rows=2) for p in b.positions]
    assert len(set(positions)) == 10


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow"])
def test_select(tmp_path, suffix):
    path = write(nasty_table(), tmp_path / f"rows.{suffix}")
    names = ["when", "real"]
    expected = read_table(path).select(names)
    assert whole(TableBlocks(path).select(names)).equals(expected)
    assert whole(TableBlocks(path, columns=names)).equals(expected)
    with pytest.raises(UsageError, match="no such column; did you mean 'whole'"):
        TableBlocks(path).select(["wole"])


def test_columns_whose_names_have_dots(tmp_path):
    table = pa.table({"a": [1], "a.b": [2], "c": [3]})
    path = write(table, tmp_path / "rows.parquet")
    blocks = TableBlocks(path, columns=["c", "a"])
    assert whole(blocks).to_pydict() == {"c": [3], "a": [1]}


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow"])
def test_coded_texts_are_the_same_texts(tmp_path, suffix):
    path = write(nasty_table(), tmp_path / f"rows.{suffix}")
    names = ["text", "never", "real"]
    found = whole(TableBlocks(path, columns=names).coded(names))
    coded = [pa.types.is_dictionary(found.schema.field(n).type) for n in names]
    assert coded == [suffix == "parquet"] * 2 + [False]
    assert found.to_pydict() == read_table(path).select(names).to_pydict()


@pytest.mark.usefixtures("small_looks")
def test_a_later_row_of_another_type_is_named(tmp_path):
    rows = [f"{i},x" for i in range(200)]
    rows[150] = "oops,x"
    path = tmp_path / "rows.csv"
    path.write_text("n,c\n" + "\n".join(rows) + "\n")
    with pytest.raises(DataError, match="column 'n' is int64 in the file's") as raised:
        list(TableBlocks(path, block_rows=10))
    message = str(raised.value)
    assert str(path) in message
    assert "invalid value 'oops'" in message
    between = message.split("not in rows ")[1].split(" (")[0].split(" to ")
    first, last = map(int, between)
    assert first <= 150 <= last
    assert last - first < 60
    with pytest.raises(DataError, match="column 'n' is int64"):  # projected as well
        list(TableBlocks(path).select(["c", "n"]))
    text = TableBlocks(path, types={"n": pa.string()})
    assert whole(text).equals(read_table(path))
    assert text.num_rows is None


@pytest.mark.usefixtures("small_looks")
def test_a_column_that_begins_empty(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("n,c\n" + ",x\n" * 150 + "1.5,x\n")
    with pytest.raises(DataError, match=r"column 'n' is null .* rows 0 to 150 "):
        list(TableBlocks(path))
    fixed = TableBlocks(path, types={"n": pa.float64()})
    assert whole(fixed).equals(read_table(path))


@pytest.mark.usefixtures("small_looks")
def test_a_broken_row_names_the_file(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n" + "1,2\n" * 150 + "1\n")
    with pytest.raises(DataError, match=r"rows\.csv: cannot be read as csv"):
        list(TableBlocks(path))


def test_unusable_sources(tmp_path):
    with pytest.raises(UsageError, match="must hold files .* got nothing in it"):
        TableBlocks(tmp_path)
    with pytest.raises(UsageError, match="at least one, got none"):
        TableBlocks([])
    with pytest.raises(UsageError, match="no such file"):
        TableBlocks(tmp_path / "no.csv")
    (tmp_path / "sub").mkdir()
    with pytest.raises(UsageError, match="got folders in it"):
        TableBlocks(tmp_path)
    empty = tmp_path / "empty.csv"
    empty.write_text("a,b\n")
    with pytest.raises(DataError, match="at least one row"):
        TableBlocks(empty)
    with pytest.raises(UsageError, match="block_rows must be >= 1, got 0"):
        TableBlocks(empty, block_rows=0)
    twice = tmp_path / "twice.csv"
    twice.write_text("a,a\n1,2\n")
    with pytest.raises(DataError, match=r"twice\.csv: column names must be unique"):
        TableBlocks(twice)
    latin = tmp_path / "latin.csv"
    latin.write_bytes("a\nŁódź\n".encode("iso-8859-2"))
    with pytest.raises(DataError, match="must be UTF-8"):
        TableBlocks(latin)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match="cannot be read as parquet"):
        TableBlocks(broken)


def test_files_that_do_not_fit_together(tmp_path):
    write(pa.table({"x": [1]}), tmp_path / "1.csv")
    other = write(pa.table({"z": [1]}), tmp_path / "2.csv")
    with pytest.raises(DataError, match=r"must have the columns of .* it lacks x"):
        TableBlocks(tmp_path)
    other.unlink()
    write(pa.table({"x": ["a"]}), tmp_path / "2.parquet")
    says = r"2.parquet: column 'x' must be of one type .* it is string, and int64 in"
    with pytest.raises(DataError, match=says):
        TableBlocks(tmp_path)


def test_csv_columns_of_several_types_are_texts(tmp_path):
    (tmp_path / "1.csv").write_text("code,yes,n\n0012,true,1\n")
    (tmp_path / "2.csv").write_text("n,code,yes\n1.5,1234,0\n")
    blocks = TableBlocks(tmp_path)
    assert [str(f.type) for f in blocks.schema] == ["string", "string", "double"]
    rows = [row for block in blocks for row in block.table.to_pylist()]
    expected = [("0012", "true", 1.0), ("1234", "0", 1.5)]
    assert [tuple(row.values()) for row in rows] == expected


def test_dates_with_and_without_a_time_are_dates(tmp_path):
    (tmp_path / "1.csv").write_text("day\n2024-05-31\n")
    (tmp_path / "2.csv").write_text("day\n2024-05-31 13:30:00\n")
    assert str(TableBlocks(tmp_path).schema.field("day").type) == "timestamp[us]"


def test_equal_types_are_not_looked_at_column_by_column(tmp_path, monkeypatch):
    calls, unify = [], pa.unify_schemas

    def counted(*args, **kwargs):
        calls.append(args)
        return unify(*args, **kwargs)

    monkeypatch.setattr(pa, "unify_schemas", counted)
    wide = pa.table({f"c{i}": [1.5, 2.5] for i in range(50)})
    for number in range(3):
        write(wide, tmp_path / f"{number}.csv")
        calls.clear()
        assert TableBlocks(tmp_path).num_rows == 2 * (number + 1)
        assert len(calls) == 1
