"""How CSV and TSV files are parsed, whether read whole or in blocks."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv


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
