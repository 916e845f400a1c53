"""Columns whose type says that they hold categories: of pandas, polars and Arrow."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.config import ColumnKind
from mlpkit.data.columns import infer_columns


def marked_categories(data: Any) -> list[str]:
    """Return the columns of a table in memory that are marked as categories.

    >>> marked = pa.array(["x"]).dictionary_encode()
    >>> marked_categories(pa.table({"a": marked, "b": [1]}))
    ['a']
    """
    return [str(name) for name, c in _pairs(data) if categories_type(c) is not None]


def _pairs(data: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(data, Mapping):
        return data.items()
    if hasattr(data, "iloc") and hasattr(data, "columns"):  # pandas
        return ((n, data.iloc[:, i]) for i, n in enumerate(data.columns))
    if hasattr(data, "to_arrow") and hasattr(data, "columns"):  # polars
        data = data.to_arrow()
    if isinstance(data, pa.Table | pa.RecordBatch):
        return zip(data.schema.names, data.columns, strict=True)
    return ()


def categories_type(column: Any) -> pa.DataType | None:
    """Return the type of the values that are marked as categories, or None."""
    categories = getattr(getattr(column, "dtype", None), "categories", None)
    if hasattr(column, "iloc") or hasattr(column, "codes"):  # pandas
        return None if categories is None else pa.Array.from_pandas(categories).type
    known = isinstance(column, pa.Array | pa.ChunkedArray)
    if known and pa.types.is_dictionary(column.type):
        return column.type.value_type
    return None


def marked_kinds(
    table: pa.Table, marked: Sequence[str], kinds: Mapping[str, ColumnKind]
) -> dict[str, ColumnKind]:
    """Return the given kinds, and "categorical" for the other marked columns.

    Columns that tell nothing, such as constant ones, are left out as ever.

    Args:
        table: As `read_table` returns it.
        marked: Columns that are marked as categories.
        kinds: Given by the user; they win.

    >>> marked_kinds(pa.table({"a": [1, 2, 1]}), ["a"], {})
    {'a': 'categorical'}
    """
    found = dict(kinds)
    for column in infer_columns(table.select(list(marked)), strict=False):
        if column.kind != "ignore":
            found.setdefault(column.name, "categorical")
    return found


def fractions_as_texts(table: pa.Table, names: Iterable[str]) -> pa.Table:
    """Return the table with fractions as texts in some columns: categories are no sums.

    >>> fractions_as_texts(pa.table({"a": [0.5, 1.0]}), ["a"])["a"].to_pylist()
    ['0.5', '1']
    """
    for name in names:
        values = table.column(name)
        if pa.types.is_floating(values.type) and not _whole(values):
            place = table.column_names.index(name)
            table = table.set_column(place, name, values.cast(pa.string()))
    return table


def _whole(values: pa.ChunkedArray) -> bool:
    same = pc.all(pc.equal(pc.trunc(values), values)).as_py()
    return same is not False
