"""How CSV and TSV files are parsed, whether read whole or in blocks."""

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

_CODE = r"^0\d{2,}$"  # 04001, of a place; 05 may be a month
_HEAD_BYTES = 1 << 20


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

    These are codes such as 04001, and categories that look like anything but whole
    numbers: 1.10, 08:00, True. Converted they would lose zeros, or be written in
    another way, and a served model would not know them. The head of the file tells.
    """
    whole, kept = [], {}
    with suppress(pa.ArrowInvalid, UnicodeDecodeError):  # reading it all will say it
        fields = _head(path, parse, pa.csv.ConvertOptions(**convert)).schema
        whole = [f.name for f in fields if pa.types.is_integer(f.type)]
        kept = {f.name: pa.string() for f in fields if f.name in categories}
    if not (whole or kept) or len({*fields.names}) < len(fields):
        return {}
    kept = {name: kind for name, kind in kept.items() if name not in whole}
    if not whole:
        return kept
    text = dict.fromkeys(whole, pa.string())
    options = pa.csv.ConvertOptions(column_types=text, include_columns=whole, **convert)
    rows = next(iter(_head(path, parse, options)), None)
    if rows is None:
        return kept
    found = {n: pc.match_substring_regex(rows.column(n), _CODE) for n in whole}
    coded = {n: text[n] for n, fits in found.items() if pc.any(fits).as_py()}
    return {**kept, **coded}


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
    """Delimiter and decimal point; files with semicolons often have decimal commas."""
    if path.suffix.lower() == ".tsv":
        return "\t", "."
    with path.open(encoding="utf-8", errors="replace") as file:
        head = file.read(1 << 16)
    header = head.partition("\n")[0]
    if header.count(";") <= header.count(","):
        return ",", "."
    return ";", "," if re.search(r"(^|;)-?\d+,\d+(;|$)", head, re.MULTILINE) else "."


def column_of(message: str, path: Path, parse: pa.csv.ParseOptions) -> str | None:
    """Return the column that a conversion error names ("In CSV column #3: …")."""
    prefix = "In CSV column #"
    if not message.startswith(prefix):
        return None
    index = int(message.removeprefix(prefix).split(":")[0])
    return pa.csv.open_csv(path, parse_options=parse).schema.names[index]
