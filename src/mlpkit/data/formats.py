"""Files that are read in parts: CSV, Parquet and Arrow, each decoded by Arrow in C++.

A file consists of *units*, the parts that can be read in any order: the row groups of
a Parquet file, the record batches of an Arrow file; a CSV file is one unit.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from mlpkit.data.delimited import check_utf8, column_of, csv_options, kept_texts
from mlpkit.data.read import TEXTS, check_file, reading
from mlpkit.errors import DataError

_LOOK_BYTES = 1 << 28  # of a CSV file, from which its types are told
_SMALLEST_BLOCK, _LARGEST_BLOCK = 1 << 20, 1 << 26  # bytes of a CSV file
_READ_BYTES = 1 << 20  # at a time, where else a whole Parquet column chunk would be


class TableFile(Protocol):
    """A file that can be read in parts.

    Attributes:
        path: Where it is.
        schema: As stored, before `plain`.
        sizes: Rows of each unit, None where only reading would tell.
    """

    @property
    def path(self) -> Path: ...  # noqa: D102
    @property
    def schema(self) -> pa.Schema: ...  # noqa: D102
    @property
    def sizes(self) -> tuple[int | None, ...]: ...  # noqa: D102

    def read(
        self,
        unit: int,
        columns: Sequence[str],
        block_rows: int,
        coded: Sequence[str] = (),
    ) -> Iterator[pa.Table]:
        """Yield the unit's rows in order, at most ``block_rows`` at a time.

        Columns of texts named in ``coded`` may come as dictionaries.
        """
        ...


def open_file(
    path: Path,
    missing_values: Sequence[str],
    types: Mapping[str, pa.DataType | str],
    categories: Collection[str] = (),
) -> TableFile:
    """Return the file, its schema read.

    Raises:
        UsageError, DataError: It is no file, or not one of its format.
    """
    check_file(path)
    with reading(path):
        if path.suffix.lower() in TEXTS:
            return _open_csv(path, missing_values, types, categories)
        if path.suffix.lower() == ".parquet":
            metadata = pa.parquet.read_metadata(path)
            return ParquetTable(path, metadata.schema.to_arrow_schema(), metadata)
        return _open_arrow(path)


@dataclass(frozen=True)
class CsvTable:
    """A CSV or TSV file whose types were told from its first 256 MiB.

    `read_table` tells them from all of a file. Where a later row does not fit, reading
    ends with an error; a value never gets another type without notice.
    """

    path: Path
    schema: pa.Schema
    sizes: tuple[int | None, ...]
    parse: pa.csv.ParseOptions
    convert: dict[str, Any]
    bytes_per_row: float

    def read(
        self,
        unit: int,
        columns: Sequence[str],
        block_rows: int,
        coded: Sequence[str] = (),
    ) -> Iterator[pa.Table]:
        """Yield the file's rows in order."""
        del unit, coded  # there is one, of texts
        start = block = 0
        try:
            for batch in self._reader(columns, block_rows):
                yield from _slices(batch, columns, block_rows)
                start += batch.num_rows
                block += 1
        except pa.ArrowInvalid as error:
            column = column_of(str(error), self.path, self.parse)
            if column is None:
                raise
            rows = self._rows_of(column, block, block_rows)
            raise DataError(self._misfit(column, start, rows, error)) from None

    def _reader(
        self, columns: Sequence[str], block_rows: int, *, as_text: bool = False
    ) -> pa.csv.CSVStreamingReader:
        size = int(min(max(self.bytes_per_row * block_rows, 1), _LARGEST_BLOCK))
        types = {n: pa.string() if as_text else self.schema.field(n).type
                 for n in columns}  # fmt: skip
        return pa.csv.open_csv(
            self.path,
            read_options=pa.csv.ReadOptions(block_size=max(size, _SMALLEST_BLOCK)),
            parse_options=self.parse,
            convert_options=pa.csv.ConvertOptions(
                column_types=types, include_columns=list(columns), **self.convert
            ),
        )

    def _rows_of(self, column: str, block: int, block_rows: int) -> int:
        """Rows of a block that could not be converted: blocks end by bytes alone."""
        reader = self._reader([column], block_rows, as_text=True)
        for _ in range(block):
            reader.read_next_batch()
        return reader.read_next_batch().num_rows

    def _misfit(self, column: str, start: int, rows: int, error: Exception) -> str:
        kind = self.schema.field(column).type
        reason = str(error).partition(": ")[2].partition(". If ")[0]
        return (
            f"{self.path}: column '{column}' is {kind} in the file's first "
            f"{_LOOK_BYTES >> 20} MiB, but not in rows {start} to {start + rows - 1} "
            f"({reason}); give its type, such as types={{'{column}': 'string'}} "
            "(data.types of a job)"
        )


def _open_csv(
    path: Path,
    missing_values: Sequence[str],
    types: Mapping[str, pa.DataType | str],
    categories: Collection[str],
) -> CsvTable:
    size = path.stat().st_size
    # the file as one block where it is small, so that types see every row
    look = min(max(size + 1, _SMALLEST_BLOCK), _LOOK_BYTES)
    parse, convert = csv_options(path, missing_values)
    known = {**kept_texts(path, parse, convert, categories), **types}
    try:
        reader = pa.csv.open_csv(
            path,
            read_options=pa.csv.ReadOptions(block_size=look),
            parse_options=parse,
            convert_options=pa.csv.ConvertOptions(column_types=known, **convert),
        )
        check_utf8(reader.schema)
    except UnicodeDecodeError:
        msg = f"{path}: must be UTF-8, it is not; save it as UTF-8"
        raise DataError(msg) from None
    rows = next((batch.num_rows for batch in reader), 0)
    sizes = (rows if size < look else None,)
    return CsvTable(
        path, reader.schema, sizes, parse, convert, min(size, look) / max(rows, 1)
    )


@dataclass(frozen=True)
class ParquetTable:
    """A Parquet file, by row groups."""

    path: Path
    schema: pa.Schema
    metadata: pa.parquet.FileMetaData

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows of each row group."""
        groups = range(self.metadata.num_row_groups)
        return tuple(self.metadata.row_group(i).num_rows for i in groups)

    def read(
        self,
        unit: int,
        columns: Sequence[str],
        block_rows: int,
        coded: Sequence[str] = (),
    ) -> Iterator[pa.Table]:
        """Yield the rows of a row group in order."""
        with pa.parquet.ParquetFile(
            self.path,
            metadata=self.metadata,
            buffer_size=_READ_BYTES,
            read_dictionary=list(coded),
        ) as file:
            for batch in file.iter_batches(block_rows, [unit], list(columns)):
                yield pa.Table.from_batches([batch]).select(list(columns))


@dataclass(frozen=True)
class ArrowTable:
    """An Arrow (Feather) file, by record batches, mapped into memory."""

    path: Path
    schema: pa.Schema
    sizes: tuple[int, ...]

    def read(
        self,
        unit: int,
        columns: Sequence[str],
        block_rows: int,
        coded: Sequence[str] = (),
    ) -> Iterator[pa.Table]:
        """Yield the rows of a record batch in order."""
        del coded  # as they are stored
        fields = sorted(self.schema.get_field_index(name) for name in columns)
        with pa.memory_map(str(self.path)) as source:
            batch = _arrow_reader(source, fields).get_batch(unit)
            yield from _slices(batch, columns, block_rows)


def _open_arrow(path: Path) -> ArrowTable:
    with pa.memory_map(str(path)) as source:
        schema = pa.ipc.open_file(source).schema
        reader = _arrow_reader(source, [0])  # one column tells the rows
        batches = range(reader.num_record_batches)
        sizes = tuple(reader.get_batch(i).num_rows for i in batches)
    return ArrowTable(path, schema, sizes)


def _arrow_reader(source: Any, fields: list[int]) -> pa.RecordBatchFileReader:
    options = pa.ipc.IpcReadOptions(included_fields=fields)
    return pa.ipc.open_file(source, options=options)


def _slices(
    batch: pa.RecordBatch, columns: Sequence[str], block_rows: int
) -> Iterator[pa.Table]:
    table = pa.Table.from_batches([batch]).select(list(columns))
    for start in range(0, table.num_rows, block_rows):
        yield table.slice(start, block_rows)
