"""Values in the type of their column's kind, or the first one that does not fit."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.config import ColumnKind
from mlpkit.errors import DataError

_ARROW_ERRORS = (pa.ArrowInvalid, pa.ArrowNotImplementedError)


def as_kind(
    values: pa.ChunkedArray,
    kind: ColumnKind,
    name: str,
    first_row: int | None = None,
) -> pa.ChunkedArray:
    """Return the values converted to their column's kind; dates as they are.

    Args:
        values: Of a column, as `read_table` returns it.
        kind: Inferred, or given by the configuration.
        name: Of the column.
        first_row: Number of the first one; None where they are not a table's rows.

    Raises:
        DataError: A value does not fit the kind.

    >>> as_kind(pa.chunked_array([["1.5"]]), "numeric", "size").to_pylist()
    [1.5]
    """
    found = values.type
    if kind == "categorical":
        if pa.types.is_floating(found):
            what = "whole numbers or text"
            return convert(values, pa.int64(), name, what, first_row)
        if pa.types.is_integer(found) or pa.types.is_string(found):
            return values
        return convert(values, pa.string(), name, "text", first_row)
    if kind == "boolean":
        return convert(values, pa.bool_(), name, "true/false or 0/1", first_row)
    number = pa.types.is_integer(found) or pa.types.is_floating(found)
    if kind == "datetime" or number:
        return values
    return convert(values, pa.float64(), name, "numbers", first_row)


def convert(
    values: pa.ChunkedArray,
    kind: pa.DataType,
    name: str,
    what: str,
    first_row: int | None = None,
) -> pa.ChunkedArray:
    """Return the values in a type.

    Args:
        values: Of a column.
        kind: Wanted.
        name: Of the column.
        what: The values must be, in words.
        first_row: Number of the first one; None where they are not a table's rows.

    Raises:
        DataError: A value has none in that type.
    """
    if values.type == kind:
        return values
    try:
        return _cast(values, kind)
    except pa.ArrowNotImplementedError:
        msg = f"column '{name}': values must be {what}, got values of type"
        raise DataError(f"{msg} {values.type}") from None
    except pa.ArrowInvalid:
        row = _first_misfit(values, kind)
    where = "" if first_row is None else f" in row {first_row + row}"
    msg = f"column '{name}': values must be {what}, got {_shown(values[row])}{where}"
    raise DataError(f"{msg}; correct it, or leave it empty where it is missing")


def _cast(values: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    exact = pa.types.is_integer(kind) or pa.types.is_boolean(kind)
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_finite(values), values, None)
        values = values.cast(pa.int64()) if exact else values
    if pa.types.is_boolean(kind) and pa.types.is_integer(values.type):
        known = pa.array([0, 1, None], values.type)
        if not pc.all(pc.is_in(values, known)).as_py():
            msg = "neither 0 nor 1"
            raise pa.ArrowInvalid(msg)
    # large whole numbers are rounded where fractions are asked for
    return values.cast(kind, safe=not pa.types.is_floating(kind))


def _first_misfit(values: pa.ChunkedArray, kind: pa.DataType) -> int:
    """The first row that Arrow does not convert, found by halves."""
    start, count = 0, len(values)
    while count > 1:
        half = count // 2
        try:
            _cast(values.slice(start, half), kind)
            start, count = start + half, count - half
        except _ARROW_ERRORS:
            count = half
    return start


def _shown(value: pa.Scalar) -> str:
    shown: Any = value.as_py()
    return repr(shown) if len(repr(shown)) <= 60 else f"{shown!r:.60}…"
