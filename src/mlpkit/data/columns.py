"""What each column is: numeric, categorical, boolean, a date, or better left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.config import ColumnKind
from mlpkit.data.calendar import check_dates
from mlpkit.data.convert import as_kind
from mlpkit.data.texts import ENOUGH_ROWS, as_categories, infer_text
from mlpkit.errors import DataError, UsageError, suggest

_TIMES = (
    "left out: times of day are not read; write them as numbers, such as seconds, or "
    "with their date (2024-05-31T13:30), or "
)


@dataclass(frozen=True)
class Column:
    """A column's name, its kind, and why it has it.

    Attributes:
        name: As in the table.
        kind: How the column is encoded; ``"ignore"`` leaves it out.
        values: Distinct values, missing not counted.
        missing: Rows without a value, or with an infinite one.
        note: Why the column is left out, or another thing worth telling.
    """

    name: str
    kind: ColumnKind
    values: int
    missing: int
    note: str = ""


def infer_columns(
    table: pa.Table,
    *,
    kinds: Mapping[str, ColumnKind] | None = None,
    exclude: Sequence[str] = (),
    strict: bool = True,
    rows: int | None = None,
) -> list[Column]:
    """Return the kind of every column of the table but the excluded ones.

    Args:
        table: As `read_table` returns it.
        kinds: Kinds given by the user; they win over what is inferred.
        exclude: Target, weight and split columns.
        strict: Raise where the texts of a column look like numbers or dates; else note.
        rows: Of the whole table, where the given one is a sample of it, by whose rows
            no error counts.

    Raises:
        UsageError: ``kinds`` names a column that the table lacks.
        DataError: A text column holds numbers or dates and a few other things, or a
            form of these that is not read.

    >>> import pyarrow as pa
    >>> infer_columns(pa.table({"size": [1.5, 2.5], "unit": ["m", "m"]}))[1].note
    'left out: the same value in every row'
    """
    kinds = dict(kinds or {})
    for name in kinds:
        if name not in table.column_names:
            near = suggest(name, table.column_names)
            msg = f"[columns] {name}: the table has no such column{near}"
            raise UsageError(msg)
    names = [name for name in table.column_names if name not in exclude]
    return [
        _describe(name, table.column(name), kinds.get(name), rows, strict=strict)
        for name in names
    ]


def categories_of(kinds: Mapping[str, ColumnKind]) -> list[str]:
    """Return the columns that are declared as categorical."""
    return [name for name, kind in kinds.items() if kind == "categorical"]


def _describe(
    name: str,
    values: pa.ChunkedArray,
    kind: ColumnKind | None,
    rows: int | None,
    *,
    strict: bool,
) -> Column:
    missing = values.null_count
    if pa.types.is_nested(values.type):
        note = "left out: lists are read as targets only"
        return Column(name, "ignore", len(values) - missing, missing, note)
    if isinstance(values.type, pa.BaseExtensionType):
        what = f"values of type {values.type} are not read"
        if kind not in (None, "ignore"):
            msg = f"column '{name}': {what} as {kind}; make them texts first"
            raise DataError(msg)
        present = len(values) - missing  # Arrow does not compare them
        note = f"left out: {what}; make them texts, such as by astype(str)"
        return Column(name, "ignore", present, missing, note)
    if pa.types.is_null(values.type):
        return Column(name, "ignore", 0, missing, "left out: no value in any row")
    distinct = pc.count_distinct(values, mode="only_valid").as_py()
    if pa.types.is_floating(values.type):
        missing += pc.sum(pc.is_inf(values)).as_py() or 0  # so they are to a network
    first_row = 0 if rows in {None, len(values)} else None
    try:
        if kind is not None:
            _check_kind(name, values, kind, first_row)
        inferred, note = kind or "categorical", "as configured"
        if kind is None:
            rows = rows or len(values)
            inferred, note = _infer(name, values, distinct, rows, first_row)
    except DataError as error:
        if strict:
            raise
        inferred, note = kind or "categorical", f"cannot be trained on: {error}"
    return Column(name, inferred, distinct, missing, note)


def _check_kind(
    name: str, values: pa.ChunkedArray, kind: ColumnKind, first_row: int | None
) -> None:
    """Raise a `DataError` where a value does not fit the kind that is configured."""
    text = pa.types.is_string(values.type)
    if kind == "ignore":
        return
    if kind == "datetime" and not text and not pa.types.is_timestamp(values.type):
        msg = f"column '{name}': values must be dates, got values of type"
        raise DataError(f"{msg} {values.type}")
    if kind == "datetime" and text:
        check_dates(values, name, first_row)
    as_kind(values, kind, name, first_row)


def _infer(
    name: str,
    values: pa.ChunkedArray,
    distinct: int,
    rows: int,
    first_row: int | None,
) -> tuple[ColumnKind, str]:
    if distinct == 0:
        return "ignore", "left out: no value in any row"
    if distinct == 1 and values.null_count == 0:
        return "ignore", "left out: the same value in every row"
    kind = values.type
    if pa.types.is_boolean(kind):
        return "boolean", ""
    if pa.types.is_timestamp(kind):
        return "datetime", ""
    if pa.types.is_integer(kind):
        if _counts_rows(values, distinct, rows):
            return "ignore", "left out: numbers the rows (looks like an identifier)"
        return "numeric", ""
    if pa.types.is_floating(kind):
        return "numeric", ""
    if pa.types.is_string(kind):
        return infer_text(name, values, distinct, first_row)
    if pa.types.is_time(kind):
        return "ignore", _TIMES + as_categories(name)
    return "ignore", f"left out: values of type {kind} are not supported"


def _counts_rows(values: pa.ChunkedArray, distinct: int, rows: int) -> bool:
    if distinct < len(values) or len(values) < ENOUGH_ROWS:
        return False
    ends = pc.min_max(values)
    # up to every other row may have been removed from a table once numbered
    return ends["max"].as_py() - ends["min"].as_py() < 2 * rows
