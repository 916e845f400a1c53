"""What a column of texts holds: dates, categories, or numbers with mistakes in them.

A look-alike is a form of number or date that is not read as one: taken for categories
it would make hundreds of them, and nobody would know.
"""

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.config import ColumnKind
from mlpkit.errors import DataError

NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
ISO_DATE = (
    r"^\d{4}-\d{2}-\d{2}"
    r"([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$"
)
"""Texts that are dates: ``2024-05-31``, with a time, with a zone."""
_AMOUNT = r"(\d{1,3}([,'’]\d{3})+(\.\d+)?|(\d{1,3}(\.\d{3})+|\d+),\d+|\d+(\.\d+)?)"
_MOSTLY = 0.9  # from here on a text column is a column of numbers with mistakes in it
_SOME = 0.5  # from here on it is worth a word
_IDENTIFIER = 0.95  # distinct texts per row from which a column only names its rows
_ENOUGH_ROWS = 20  # fewer rows tell nothing about identifiers


class _LookAlike(NamedTuple):
    """A form of text: its pattern, what it is called, and what to do about it."""

    pattern: str
    what: str
    remedy: str


_LOOK_ALIKES = (
    _LookAlike(
        r"^\s*(\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})|\d{4}[./]\d{1,2}[./]\d{1,2})"
        r"([T ]+\d{1,2}:\d{2}.*)?\s*$",
        "dates in another form than 2024-05-31",
        "Write them so, e.g. with pandas.to_datetime(…, dayfirst=…)",
    ),
    _LookAlike(
        rf"^\s*[-+]?[$€£¥]?\s?{_AMOUNT}\s?[%$€£¥]?\s*$",
        "numbers with separators or units",
        "Write them as plain numbers such as 1234.5",
    ),
)


def infer_text(
    name: str, values: pa.ChunkedArray, distinct: int
) -> tuple[ColumnKind, str]:
    """Return the kind of a column of texts, and why.

    Args:
        name: For the errors.
        values: Texts; some are not missing.
        distinct: How many different ones.

    Raises:
        DataError: Most, but not all, are numbers or dates, or have a form of these
            that is not read.

    >>> infer_text("day", pa.chunked_array([["2024-05-31", "2024-06-01"]]), 2)
    ('datetime', '')
    """
    present = len(values) - values.null_count
    dates = _share(values, ISO_DATE, present)
    if dates == 1:
        return "datetime", ""
    if dates >= _MOSTLY:
        raise DataError(_mixture(name, values, ISO_DATE, "dates"))
    numbers = _share(values, NUMBER, present)
    if _MOSTLY <= numbers < 1:
        raise DataError(_mixture(name, values, NUMBER, "numbers"))
    if (told := look_alike(values)) and numbers < 1:
        raise DataError(f"column '{name}': {told}; {_as_text(name)}")
    if present >= _ENOUGH_ROWS and distinct >= _IDENTIFIER * present:
        return "ignore", f"left out: {distinct} different texts in {present} rows"
    if _SOME <= numbers < 1:
        return "categorical", f"{numbers:.0%} of the texts are numbers: mistakes in it?"
    return "categorical", ""


def look_alike(values: pa.ChunkedArray) -> str:
    """Say in which form most texts are written that is not read; "" if in none."""
    present = len(values) - values.null_count
    for pattern, what, remedy in _LOOK_ALIKES:
        if present and _share(values, pattern, present) >= _MOSTLY:
            fits = pc.match_substring_regex(values, pattern)
            plain = pc.match_substring_regex(values, NUMBER)
            shown = pc.filter(values, pc.and_not(fits, plain))
            return f"{what}, such as {shown[0].as_py()!r}. {remedy}" if shown else ""
    return ""


def mostly_numbers(name: str, values: pa.ChunkedArray) -> str:
    """Say which texts of a column are no numbers, where half or more, not all, are."""
    present = len(values) - values.null_count
    if present and _SOME <= _share(values, NUMBER, present) < 1:
        return _mixture(name, values, NUMBER, "numbers")
    return ""


def _share(values: pa.ChunkedArray, pattern: str, present: int) -> float:
    """Share of the present texts that match the pattern."""
    return (pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0) / present


def _mixture(name: str, values: pa.ChunkedArray, pattern: str, what: str) -> str:
    """Say which texts are not like most others, and what can be done."""
    present = len(values) - values.null_count
    fits = pc.fill_null(pc.match_substring_regex(values, pattern), fill_value=True)
    others = pc.filter(values, pc.invert(fits))
    shown = ", ".join(repr(v) for v in others.unique()[:5].to_pylist())
    first = pc.index(fits, value=False).as_py()
    return (
        f"column '{name}': values must be all {what} or all text, got {len(others)} "
        f"of {present} that are no {what}: {shown} (first in row {first}). If these "
        f"mean missing, add them to data.missing_values; {_as_text(name)}"
    )


def _as_text(name: str) -> str:
    return f'if the column is text, set [columns] {_key(name)} = "categorical"'


def _key(name: str) -> str:
    """The name as a key of TOML."""
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isascii() and bare.isalnum() else f'"{name}"'
