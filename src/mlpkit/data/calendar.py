"""Texts that are dates: their form, and whether the calendar has them."""

import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.errors import DataError

ISO_DATE = (
    r"^\d{4}-\d{2}-\d{2}"
    r"([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$"
)
"""Texts that are dates: ``2024-05-31``, with a time, with a zone."""
_BEYOND_A_DAY = r"^.{11}(2[4-9]|[3-9])|^.{14}[6-9]|^.{16}:[6-9]"  # 24:00, 9:60, 9:30:60
_DAY = 10  # characters


def check_dates(values: pa.ChunkedArray, name: str, first_row: int | None = 0) -> None:
    """Raise a `DataError` where a text is no date, or one that the calendar lacks.

    Args:
        values: Texts, or null.
        name: Of the column.
        first_row: Number of the first one; None where they are not a table's rows.
    """
    row = pc.index(pc.match_substring_regex(values, ISO_DATE), value=False).as_py()
    what = "dates such as 2024-05-31T13:30"
    if row < 0:
        row, what = _not_in_calendar(values), "dates of the calendar"
    if row < 0:
        return
    where = "" if first_row is None else f" in row {first_row + row}"
    msg = f"column '{name}': values must be {what}, got {values[row].as_py()!r}{where}"
    raise DataError(f"{msg}; correct it, or leave it empty where it is missing")


def _not_in_calendar(values: pa.ChunkedArray) -> int:
    """The first row that is not, or -1."""
    late = pc.match_substring_regex(values, _BEYOND_A_DAY)
    row = pc.index(late, value=True).as_py()
    days = pc.utf8_slice_codeunits(values, 0, _DAY)
    if _are_days(days):
        return row
    wrong, end = 0, len(days)  # the first wrong one lies in between
    while end - wrong > 1:
        middle = (wrong + end) // 2
        if _are_days(days.slice(wrong, middle - wrong)):
            wrong = middle
        else:
            end = middle
    return wrong if row < 0 else min(row, wrong)


def _are_days(texts: pa.ChunkedArray) -> bool:
    try:
        texts.cast(pa.date32())
    except pa.ArrowInvalid:
        return False
    return True
