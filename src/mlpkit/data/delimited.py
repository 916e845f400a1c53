"""How CSV and TSV files are parsed, whether read whole or in blocks."""

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

_CODE = r"^\s*[-+]?0(\d{2,}|[xX].*)$"  # 04001, of a place, or 0x1F; 05 may be a month
_PADDED = r"^\s*[-+]?0[\dxX]"
_LONG = r"^\s*[-+]?\d{19,}\s*$"  # of a fraction: too large for int64
_WHOLE = r"^\s*[-+]?\d+([.,]0*)?\s*$"  # with missing ones among them pandas writes 1.0
_HEAD_BYTES = 1 << 20
_LOOK_CHARACTERS = 1 << 16
_DELIMITERS = (",", ";", "\t", "|")


def csv_options(
    path: Path, missing_values: Sequence[str]
) -> tuple[pa.csv.ParseOptions, dict[str, Any]]:
    """Return how a CSV or TSV file is parsed, and how its texts are converted."""
    delimiter, decimal = _dialect(path)
    convert = {
        "null_values": list(missing_values),
        "strings_can_be_null": True,
        "decimal_point": decimal,
    }
    return pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True), convert


def kept_texts(
    path: Path,
    parse: pa.csv.ParseOptions,
    convert: Mapping[str, Any],
    categories: Collection[str] = (),
) -> dict[str, pa.DataType]:
    """Return the columns that stay texts, though they look like something else.

    Whole numbers among which are codes such as 04001 would lose zeros, or 01 and 1
    become one; those too large for int64 would be rounded. Categories that are dates,
    times, padded numbers (05), or numbers with fractions (1.10) would be written in
    another way, and a served model would not know them. The head of the file tells.
    """
    fields: Any = ()
    with suppress(pa.ArrowInvalid, UnicodeDecodeError):  # reading it all will say it
        fields = _head(path, parse, pa.csv.ConvertOptions(**convert)).schema
    if len({f.name for f in fields}) < len(fields):
        return {}
    mine = [f for f in fields if f.name in categories]
    kept = {f.name for f in mine if pa.types.is_temporal(f.type)}
    whole = [f.name for f in fields if pa.types.is_integer(f.type)]
    real = [f.name for f in fields if pa.types.is_floating(f.type)]
    if whole or real:
        text = dict.fromkeys([*whole, *real], pa.string())
        options = pa.csv.ConvertOptions(
            column_types=text, include_columns=list(text), **convert
        )
        for rows in islice(_head(path, parse, options), 1):
            kept |= {n for n in whole if _are_codes(rows.column(n), n in categories)}
            kept |= {n for n in real if _are_texts(rows.column(n), n in categories)}
    return dict.fromkeys(kept, pa.string())


def _are_codes(texts: pa.Array, category: bool) -> bool:  # noqa: FBT001
    """Tell whether whole numbers are codes, of which no two may become one."""
    if category or not _any(texts, _PADDED):
        return _any(texts, _PADDED)
    found = {text.strip().lstrip("+") for text in texts.unique().to_pylist() if text}
    return _any(texts, _CODE) or any(f"0{text}" in found for text in found)


def _are_texts(texts: pa.Array, category: bool) -> bool:  # noqa: FBT001
    """Tell whether numbers are too long, or categories written with fractions."""
    fractions = _any(texts, _WHOLE, fits=False)
    return (category and fractions) or (not fractions and _any(texts, _LONG))


def _any(texts: pa.Array, pattern: str, *, fits: bool = True) -> bool:
    """Tell whether some text fits the pattern, or does not."""
    found = pc.match_substring_regex(texts, pattern)
    return bool(pc.any(found if fits else pc.invert(found)).as_py())


def _head(
    path: Path, parse: pa.csv.ParseOptions, convert: pa.csv.ConvertOptions
) -> pa.csv.CSVStreamingReader:
    read = pa.csv.ReadOptions(block_size=_HEAD_BYTES)
    return pa.csv.open_csv(
        path, read_options=read, parse_options=parse, convert_options=convert
    )


def check_utf8(schema: pa.Schema) -> None:
    """Raise where a name or a column of a CSV file is not UTF-8."""
    # reading a field's name fails where it is not UTF-8
    types = {field.name: field.type for field in schema}
    if any(pa.types.is_binary(kind) for kind in types.values()):
        msg = "some text is not"
        raise UnicodeDecodeError("utf-8", b"", 0, 1, msg)


def _dialect(path: Path) -> tuple[str, str]:
    """Delimiter and decimal point."""
    with path.open(encoding="utf-8", errors="replace") as file:
        head = file.read(_LOOK_CHARACTERS)
        if file.read(1):
            head = head.rpartition("\n")[0] or head  # else its last line is cut
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(head)
    return delimiter, "," if _has_decimal_commas(head, delimiter) else "."


def _delimiter(head: str) -> str:
    """What the header has as often as the first row; else most commas or semicolons."""
    lines = [line for line in re.sub(r'"[^"]*"', "", head).splitlines() if line]
    header, row = (lines * 2)[:2] if len(lines) < 2 else lines[:2]

    def rank(delimiter: str) -> tuple[bool, int]:
        count = header.count(delimiter)
        even = 0 < count == row.count(delimiter)
        return even, count if even or delimiter in ",;" else 0

    return max(_DELIMITERS, key=rank)  # of equals the first


def _has_decimal_commas(head: str, delimiter: str) -> bool:
    """Tell whether commas are decimal, as they often are beside semicolons.

    Elsewhere 1,050 may be a thousand, and 3,7 a list where others have a point.
    """
    if delimiter == ",":
        return False
    cut = re.escape(delimiter)
    field = rf'(^|{cut})"?-?%s"?({cut}|\r?$)'
    thousands = "" if delimiter == ";" else r"(?![1-9]\d{0,2}(,\d{3})+(?:\D|$))"
    commas = re.search(field % rf"{thousands}\d+,\d+", head, re.MULTILINE)
    points = re.search(field % r"\d+\.\d+", head, re.MULTILINE)
    return commas is not None and (delimiter == ";" or points is None)


def column_of(message: str, path: Path, parse: pa.csv.ParseOptions) -> str | None:
    """Return the column that a conversion error names ("In CSV column #3: …")."""
    prefix = "In CSV column #"
    if not message.startswith(prefix):
        return None
    index = int(message.removeprefix(prefix).split(":")[0])
    return pa.csv.open_csv(path, parse_options=parse).schema.names[index]


def reason(error: Exception, path: Path) -> str:
    """Return what Arrow says; of a row of more or fewer columns with its number.

    Arrow counts the rows, empty lines left out, where one thread reads.
    """
    if "columns, got" in str(error) and "Row #" not in str(error):
        parse, _ = csv_options(path, ())
        read = pa.csv.ReadOptions(use_threads=False)
        try:
            names = pa.csv.open_csv(path, read, parse).schema.names
            texts = pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string())
            )
            for _ in pa.csv.open_csv(path, read, parse, texts):
                pass
        except pa.ArrowInvalid as again:
            if "columns, got" in str(again):
                numbered = r"row \1 with the header as row 1"
                return re.sub(r"Row #(\d+)", numbered, str(again))
    return str(error)
