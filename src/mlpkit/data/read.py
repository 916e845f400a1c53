"""Any table in, one Arrow table out."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

from mlpkit.config.schema import MISSING_VALUES
from mlpkit.data import delimited
from mlpkit.data.bundled import read_bundled
from mlpkit.errors import DataError, UsageError, suggest

TEXTS = (".csv", ".tsv")
SUFFIXES = (".csv", ".tsv", ".parquet", ".arrow", ".feather")


def read_table(
    source: Any,
    *,
    missing_values: Sequence[str] = MISSING_VALUES,
    types: Mapping[str, pa.DataType | str] | None = None,
    categories: Collection[str] = (),
) -> pa.Table:
    """Return the source as an Arrow table of plain columns.

    Args:
        source: Path of a CSV, TSV, Parquet or Arrow/Feather file, ``"sklearn:iris"``,
            an Arrow table, a pandas or polars DataFrame, or a dict of columns.
        missing_values: Texts that mean missing.
        types: Types of columns of a CSV file, or Arrow's names of them, instead of the
            inferred ones.
        categories: Columns of a CSV file that hold categories: dates, times and
            numbers with fractions among them are read as they are written.

    Returns:
        A table whose columns are int64, float64, bool, string, timestamp or lists;
        dictionaries are decoded and missing texts are null.

    Raises:
        UsageError: The file does not exist or has another format.
        DataError: The table is empty, or its columns are unusable.

    >>> read_table({"age": [41, None], "city": ["Oslo", ""]}).column("city").to_pylist()
    ['Oslo', None]
    """
    if isinstance(source, str) and source.startswith("sklearn:"):
        table, where = read_bundled(source.removeprefix("sklearn:")), source
    elif isinstance(source, str | Path):
        path = Path(source)
        table = _read_file(path, missing_values, types or {}, categories)
        where = str(path)
    else:
        table, where = _from_memory(source), "table"
    check_names(table.column_names, where)
    if table.num_rows == 0:
        msg = f"{where}: must have at least one row, got a header and no rows"
        raise DataError(msg)
    return plain(table, missing_values)


def check_file(path: Path) -> None:
    """Raise where the path is no file, of no known format, or empty."""
    if path.is_dir():
        msg = f"{path}: must be a file, got a folder"
        raise UsageError(msg)
    if not path.is_file():
        near = suggest(path.name, (p.name for p in path.parent.glob("*.*")))
        msg = f"{path}: no such file{near if near.startswith('; did') else ''}"
        raise UsageError(msg)
    if path.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        msg = f"{path}: must end in one of {known}, got {path.suffix.lower()!r}"
        raise UsageError(msg)
    if path.stat().st_size == 0:
        msg = f"{path}: must hold a table, got an empty file"
        raise DataError(msg)


def check_types(
    names: Sequence[str], types: Iterable[str], where: str = "data.types"
) -> None:
    """Raise a `UsageError` where a type is given of a column that is not there."""
    for name in types:
        if name not in names:
            msg = f"{where}: the table has no column '{name}'{suggest(name, names)}"
            raise UsageError(msg)


def _read_file(
    path: Path,
    missing_values: Sequence[str],
    types: Mapping[str, pa.DataType | str],
    categories: Collection[str],
) -> pa.Table:
    check_file(path)
    with reading(path):
        suffix = path.suffix.lower()
        if suffix in TEXTS:
            return _read_csv(path, missing_values, types, categories)
        if suffix == ".parquet":
            return pa.parquet.read_table(path)
        return pa.feather.read_table(path)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what Arrow raises about a file's content into a `DataError`."""
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        kind = path.suffix.lower()[1:]
        msg = f"{path}: cannot be read as {kind}: {delimited.reason(error, path)}"
        raise DataError(msg) from None
    except UnicodeDecodeError:
        msg = f"{path}: must be UTF-8, it is not; save it as UTF-8"
        raise DataError(msg) from None


def _read_csv(
    path: Path,
    missing_values: Sequence[str],
    types: Mapping[str, pa.DataType | str],
    categories: Collection[str],
) -> pa.Table:
    """Read with inferred types; columns that change type on the way become text."""
    parse, options = delimited.csv_options(path, missing_values)
    types = {**delimited.kept_texts(path, parse, options, categories), **types}
    # the whole file as one block where it is small, so that types see every row
    block_size = min(max(path.stat().st_size + 1, 1 << 20), 1 << 28)
    as_text: dict[str, pa.DataType] = {}  # beside the given ones
    while True:
        try:
            table = pa.csv.read_csv(
                path,
                read_options=pa.csv.ReadOptions(block_size=block_size),
                parse_options=parse,
                convert_options=pa.csv.ConvertOptions(
                    column_types={**types, **as_text}, **options
                ),
            )
            delimited.check_utf8(table.schema)
            return table
        except pa.ArrowInvalid as error:
            column = delimited.column_of(str(error), path, parse)
            if column is None or column in {*as_text, *types}:
                raise
            as_text[column] = pa.string()


def _from_memory(source: Any) -> pa.Table:
    if isinstance(source, pa.Table):
        return source
    if isinstance(source, pa.RecordBatch):
        return pa.Table.from_batches([source])
    try:
        if isinstance(source, Mapping):
            return pa.table({str(k): _array(k, v) for k, v in source.items()})
        if hasattr(source, "iloc") and hasattr(source, "columns"):  # pandas
            columns = [str(name) for name in source.columns]
            _check_unique(columns, "DataFrame")
            series = (source.iloc[:, i] for i in range(len(columns)))
            return pa.table(
                {n: _array(n, s) for n, s in zip(columns, series, strict=True)}
            )
        if hasattr(source, "to_arrow") and hasattr(source, "columns"):  # polars
            return source.to_arrow()
        if isinstance(source, list) and all(isinstance(r, Mapping) for r in source):
            return pa.Table.from_pylist([dict(row) for row in source])
    except pa.ArrowInvalid as error:
        msg = f"table: columns must have equal lengths and one type each: {error}"
        raise DataError(msg) from None
    kind = type(source).__name__
    msg = (
        "a table must be a path, DataFrame, Arrow table, dict of columns or list of "
        f"rows, got {kind}"
    )
    raise UsageError(msg)


def _array(name: Any, values: Any) -> Any:
    try:
        if hasattr(values, "iloc"):
            sparse = getattr(values, "sparse", None)  # pandas' values that are mostly 0
            return pa.Array.from_pandas(sparse.to_dense() if sparse else values)
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        msg = (
            f"column '{name}': all values must have one type, got a mixture ({error}); "
            "convert the column to numbers or to text"
        )
        raise DataError(msg) from None
    except (pa.ArrowNotImplementedError, TypeError) as error:
        msg = f"column '{name}': must be a list of plain values, got {values!r:.60}"
        raise DataError(f"{msg} ({error})") from None


def check_names(names: Sequence[str], where: str) -> None:
    """Raise where a column has no name, or two have the same."""
    _check_unique(names, where)
    unnamed = [i for i, name in enumerate(names) if not name.strip()]
    if unnamed:
        msg = f"{where}: every column must have a name, column {unnamed[0]} has none"
        raise DataError(msg)


def _check_unique(names: Sequence[str], where: str) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        msg = f"{where}: column names must be unique, got twice: {', '.join(twice)}"
        raise DataError(msg)


def plain(table: pa.Table, missing_values: Sequence[str]) -> pa.Table:
    """Return the table in the plain types, with missing texts null."""
    missing = pa.array(missing_values, pa.string())
    columns = {
        name: _plain_column(table.column(name), missing) for name in table.column_names
    }
    return pa.table(columns)


def _plain_column(column: pa.ChunkedArray, missing: pa.Array) -> pa.ChunkedArray:
    """Decode, widen, and set missing texts to null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = column.cast(pa.string())
        hit = pc.is_in(column, value_set=missing)
        return pc.if_else(hit, pa.scalar(None, pa.string()), column)
    if pa.types.is_uint64(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.float64(), safe=False)
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_floating(kind):
        return column.cast(pa.float64())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return column.cast(pa.timestamp("us"), safe=False)
    if pa.types.is_string_view(kind):
        return _plain_column(column.cast(pa.string()), missing)
    return column
