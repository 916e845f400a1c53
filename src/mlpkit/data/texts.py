"""What a column of texts holds: dates, categories, or numbers with mistakes in them.

A look-alike is a form of number or date that is not read as one: taken for categories
it would make hundreds of them, and nobody would know. The forms are the common ones.
"""

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.config import ColumnKind
from mlpkit.data.calendar import ISO_DATE, check_dates
from mlpkit.errors import DataError

_NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
_DAY, _MONTH = r"(0?[1-9]|[12]\d|3[01])", r"(0?[1-9]|1[0-2])"
_YEAR, _SHORT_YEAR = r"(1[89]|20|21)\d{2}", r"((1[89]|20|21)\d{2}|\d{2})"
_DAYS = "|".join(
    f"{sep}".join(parts)
    for sep in (r"\.", "/", "-")
    for parts in (
        (_DAY, _MONTH, _SHORT_YEAR),
        (_MONTH, _DAY, _SHORT_YEAR),
        (_YEAR, _MONTH, _DAY),
    )
    if not (sep == r"\." and parts[0] is _YEAR)  # versions such as 2024.3.1
)
_CLOCK = (
    r"([T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
    r"( ?[AaPp][Mm])?( ?([A-Z]{1,4}|[+-]\d{2}:?\d{2}))?)?"
)
_SPACES = r"\xa0\x{2009}\x{202f}"  # no-break and thin ones
_AMOUNT = (
    rf"(\d{{1,3}}([,'’{_SPACES}]\d{{3}})+(\.\d+)?"  # 1,234.5
    rf"|\d{{1,3}}([.{_SPACES}]\d{{3}})*,\d+|\d{{2,}},\d+"  # 1.234,5
    r"|\d{1,3}(\.\d{3}){2,}"  # 1.234.567
    r"|\d+(\.\d+)?)"
)
_SPACED = r"\d{1,3}( \d{3})*([.,]\d+)?"
_UNIT = r"([$€£¥%]|EUR|USD|GBP|CHF)"
_MOSTLY = 0.9  # from here on a column is one of numbers or dates, with mistakes in it
_SOME = 0.5  # from here on it is worth a word
_IDENTIFIER = 0.95  # distinct texts per row from which a column only names its rows
ENOUGH_ROWS = 20  # fewer rows tell nothing about identifiers
_ENOUGH_TEXTS = 5  # fewer tell nothing about their form


class _LookAlike(NamedTuple):
    """A form of text that is not read, and the one that is.

    Attributes:
        pattern: Of both.
        read: Of what is read.
        what: The form that is not.
        remedy: What to do about it.
        least: Different texts there must be.
    """

    pattern: str
    read: str
    what: str
    remedy: str
    least: int = 1


_LOOK_ALIKES = (
    _LookAlike(
        rf"^\s*({_DAYS}){_CLOCK}\s*$|{ISO_DATE}",
        ISO_DATE,
        "dates in another form than 2024-05-31 or 2024-05-31T13:30",
        "Write them so, e.g. with pandas.to_datetime(…, dayfirst=…)",
    ),
    _LookAlike(
        rf"^\s*[-+−]?{_UNIT}? ?-?{_AMOUNT} ?{_UNIT}?\s*$|{_NUMBER}",
        _NUMBER,
        "numbers with separators or units",
        "Write them as plain numbers such as 1234.5",
    ),
    _LookAlike(  # which may be codes, where there are few
        rf"^\s*[-+−]?{_UNIT}? ?-?{_SPACED} ?{_UNIT}?\s*$|{_NUMBER}",
        _NUMBER,
        "numbers with spaces in them",
        "Write them as plain numbers such as 1234.5",
        least=20,
    ),
)


def infer_text(
    name: str, values: pa.ChunkedArray, distinct: int, first_row: int | None = 0
) -> tuple[ColumnKind, str]:
    """Return the kind of a column of texts, and why.

    Args:
        name: For the errors.
        values: Texts; some are not missing.
        distinct: How many different ones.
        first_row: Number of the first one; None where they are not a table's rows.

    Raises:
        DataError: Most, but not all, are numbers or dates, or have a form of these
            that is not read.

    >>> infer_text("day", pa.chunked_array([["2024-05-31", "2024-06-01"]]), 2)
    ('datetime', '')
    """
    present = len(values) - values.null_count
    dates = _share(values, ISO_DATE, present)
    if dates == 1:
        check_dates(values, name, first_row)
        return "datetime", ""
    if told := look_alike(values):
        raise DataError(f"column '{name}': {told}; if text, {as_categories(name)}")
    if dates >= _MOSTLY:
        raise DataError(_mixture(name, values, ISO_DATE, "dates", first_row))
    numbers = _share(values, _NUMBER, present)
    if _MOSTLY <= numbers < 1:
        raise DataError(_mixture(name, values, _NUMBER, "numbers", first_row))
    if present >= ENOUGH_ROWS and distinct >= _IDENTIFIER * present:
        note = f"left out: {distinct} different texts in {present} rows"
        return "ignore", f"{note}; {as_numbers(name)}" if numbers == 1 else note
    for share, what in ((numbers, "numbers"), (dates, "dates")):
        if _SOME <= share < 1:
            note = f"{share:.0%} of the texts are {what}: mistakes in it?"
            return "categorical", note
    if numbers == 1:
        return "categorical", f"texts of digits; {as_numbers(name)}"
    return "categorical", ""


def look_alike(values: pa.ChunkedArray) -> str:
    """Say in which form most texts are written that is not read; "" if in none."""
    present = len(values) - values.null_count
    for pattern, read, what, remedy, least in _LOOK_ALIKES:
        if present < _ENOUGH_TEXTS or _share(values, pattern, present) < _MOSTLY:
            continue
        if least > 1 and pc.count_distinct(values).as_py() < least:
            continue
        fits = pc.match_substring_regex(values, pattern)
        odd = pc.and_not(fits, pc.match_substring_regex(values, read))
        shown = pc.filter(values, pc.fill_null(odd, fill_value=False))
        if len(shown):
            return f"{what}, such as {shown[0].as_py()!r}. {remedy}"
    return ""


def mostly_numbers(values: pa.ChunkedArray, first_row: int | None = 0) -> str:
    """Say which texts are no numbers, where half or more, not all, are; else ""."""
    present = len(values) - values.null_count
    if present and _SOME <= _share(values, _NUMBER, present) < 1:
        return _others(values, _NUMBER, "numbers", first_row)
    return ""


def are_dates(values: pa.ChunkedArray) -> bool:
    """Tell whether most of the texts are dates that are read as such."""
    present = len(values) - values.null_count
    return bool(present) and _share(values, ISO_DATE, present) >= _MOSTLY


def _share(values: pa.ChunkedArray, pattern: str, present: int) -> float:
    """Share of the present texts that match the pattern."""
    return (pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0) / present


def _mixture(
    name: str, values: pa.ChunkedArray, pattern: str, what: str, first_row: int | None
) -> str:
    """Say which texts are not like most others, and what can be done."""
    return (
        f"column '{name}': values must be all {what} or all text, got "
        f"{_others(values, pattern, what, first_row)}; if text, {as_categories(name)}"
    )


def _others(
    values: pa.ChunkedArray, pattern: str, what: str, first_row: int | None
) -> str:
    present = len(values) - values.null_count
    fits = pc.fill_null(pc.match_substring_regex(values, pattern), fill_value=True)
    others = pc.filter(values, pc.invert(fits))
    shown = ", ".join(repr(v) for v in others.unique()[:5].to_pylist())
    where = ""
    if first_row is not None:
        row = first_row + pc.index(fits, value=False).as_py()
        where = f" (first in row {row})"
    return (
        f"{len(others)} of {present} that are no {what}: {shown}{where}. If these mean "
        "missing, add them to data.missing_values, which then has to name all texts "
        "that do"
    )


def as_categories(name: str) -> str:
    """Say how a job, and Python, declare a column as categorical.

    >>> as_categories("size")
    'set columns.size = "categorical" (in Python columns={"size": "categorical"})'
    """
    return f"set {_declared(name, 'categorical')}"


def as_numbers(name: str) -> str:
    """Say how a job, and Python, declare a column of texts as numeric."""
    return f"numbers if {_declared(name, 'numeric')}"


def _declared(name: str, kind: str) -> str:
    quoted = f'"{kind}"'
    return (
        f'columns.{key_of(name)} = {quoted} (in Python columns={{"{name}": {quoted}}})'
    )


def key_of(name: str) -> str:
    """Return a column's name as a key of TOML.

    >>> key_of("size"), key_of("net weight")
    ('size', '"net weight"')
    """
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isascii() and bare.isalnum() else f'"{name}"'
