"""Arrow columns in the form in which a served model receives its rows.

| kind | served as | missing |
|---|---|---|
| numeric with fractions | float32 | NaN (infinities count as missing too) |
| whole numbers, booleans (0/1) | int64 | ``MISSING_INTEGER`` |
| categories, dates (ISO 8601) | string | ``""`` or one of ``missing_values`` |
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.data import Column
from mlpkit.data.calendar import check_dates
from mlpkit.data.convert import as_kind, convert
from mlpkit.errors import DataError, suggest
from mlpkit.preprocessing.statistics import (
    CategoricalStatistics,
    ColumnStatistics,
    DatetimeStatistics,
    RawType,
    Statistics,
)

MISSING_INTEGER = -(2**63)
"""The int64 that means missing: the smallest one."""

_ISO = "%Y-%m-%dT%H:%M:%S"


def raw_type(values: pa.ChunkedArray) -> RawType:
    """Return the type in which rows of such a column arrive at a served model."""
    if pa.types.is_floating(values.type):
        return "float"
    return "text" if pa.types.is_string(values.type) else "integer"


def typed(table: pa.Table, column: Column) -> pa.ChunkedArray:
    """Return the column converted to its kind.

    Raises:
        DataError: A value does not fit the kind that the configuration gives.
    """
    return as_kind(table.column(column.name), column.kind, column.name)


def raw_columns(
    table: pa.Table, statistics: Statistics, first_row: int = 0
) -> dict[str, np.ndarray]:
    """Return the encoder's inputs from a table, one array of shape ``(rows,)`` each.

    Args:
        table: All columns that are encoded, or a part of its rows.
        statistics: Of the columns.
        first_row: Number of the first one, in messages.

    Raises:
        DataError: A column is missing, or its values have another type.
    """
    check_names(table, statistics)
    columns = statistics.columns
    return {c.name: raw_column(table.column(c.name), c, first_row) for c in columns}


def check_names(table: pa.Table, statistics: Statistics) -> None:
    """Raise a `DataError` where the table lacks a column."""
    present = set(table.column_names)
    lacking = [name for name in statistics.names if name not in present]
    if lacking:
        near = suggest(lacking[0], table.column_names)
        names = ", ".join(f"'{name}'" for name in lacking)
        msg = f"the rows must have the column(s) {names}, they have not{near}"
        raise DataError(msg)


def raw_column(
    values: pa.ChunkedArray, column: ColumnStatistics, first_row: int | None = 0
) -> np.ndarray:
    """Return one of the encoder's inputs, shape ``(rows,)``.

    Args:
        values: Of the column.
        column: What was learned of it.
        first_row: Number of the first one; None where they are not a table's rows.

    Raises:
        DataError: The values have another type than in training.
    """
    if isinstance(column, DatetimeStatistics):
        return date_texts(values, column.name, first_row)

    def converted(kind: pa.DataType, what: str) -> pa.ChunkedArray:
        return convert(values, kind, column.name, what, first_row)

    if column.raw == "text":
        return _texts(converted(pa.string(), "text"))
    if column.raw == "float":
        numbers = converted(pa.float64(), "numbers").to_numpy()
        with np.errstate(over="ignore"):  # beyond float32 is infinite, hence missing
            return numbers.astype(np.float32)
    if isinstance(column, CategoricalStatistics) or column.kind == "numeric":
        whole = converted(pa.int64(), "whole numbers")
    else:
        whole = converted(pa.bool_(), "true/false or 0/1").cast(pa.int64())
    return pc.fill_null(whole, MISSING_INTEGER).to_numpy()


def date_texts(
    values: pa.ChunkedArray, name: str, first_row: int | None = 0
) -> np.ndarray:
    """Return dates as ISO 8601 texts, as a served model receives them.

    Args:
        values: Of the column.
        name: Its name.
        first_row: Number of the first one; None where they are not a table's rows.

    Raises:
        DataError: A value is neither a date nor such a text.
    """
    if pa.types.is_string(values.type):
        check_dates(values, name, first_row)
        return _texts(values)
    if not pa.types.is_timestamp(values.type) and not pa.types.is_null(values.type):
        msg = f"column '{name}': values must be dates, got values of type"
        raise DataError(f"{msg} {values.type}")
    return _texts(pc.strftime(values.cast(pa.timestamp("us")), _ISO))


def _texts(values: pa.ChunkedArray) -> np.ndarray:
    return pc.fill_null(values, "").to_numpy().astype(object)


def finite(values: pa.ChunkedArray) -> tuple[np.ndarray, int]:
    """Return float64 with NaN for missing and infinite, and how many are infinite."""
    numbers = values.cast(pa.float64(), safe=False).to_numpy()
    infinite = np.isinf(numbers) | (np.abs(numbers) > np.finfo(np.float32).max)
    return np.where(infinite, np.nan, numbers), int(infinite.sum())
