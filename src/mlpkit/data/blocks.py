"""Tables that need not fit into memory: read in blocks, in the order wanted."""

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from mlpkit.config.schema import MISSING_VALUES
from mlpkit.data.common_schema import common_schema, texts_in_some_files
from mlpkit.data.formats import TableFile, open_file
from mlpkit.data.read import SUFFIXES, plain, reading
from mlpkit.errors import DataError, UsageError, suggest

_FILE_BITS = 40  # rows of a file are numbered below this power of two
_LARGE_BYTES = 2**30


class Block(NamedTuple):
    """Some rows that follow each other in a file.

    Attributes:
        table: The rows, in the types of `read_table`.
        file: Number of the file.
        row: Number of the first row in the file.
    """

    table: pa.Table
    file: int
    row: int

    @property
    def positions(self) -> np.ndarray:
        """A number for each row, uint64, the same in every pass over the files."""
        first = (self.file << _FILE_BITS) + self.row
        return np.arange(first, first + self.table.num_rows, dtype=np.uint64)


class TableBlocks:
    r"""A table in one or more files, read in blocks of bounded size.

    Types and missing values come out as `read_table` gives them, over several files
    as if their tables were concatenated (a column may be whole numbers in one file
    and fractions in another). A CSV file's types are told from its first 256 MiB.

    In memory are one block and what decoding it takes: about ``block_rows`` rows of
    the columns needed, for a compressed Arrow file one of its record batches.

    Args:
        source: CSV, TSV, Parquet or Arrow file, a folder of such files (names that
            start with "." or "_" are passed over), or a list of files.
        columns: Names of those to read; all if left.
        block_rows: Most rows of a block, >= 1.
        missing_values: Texts that mean missing.
        types: Types of columns of CSV files, where they cannot be told from a part;
            also by Arrow's name, such as "string". Those that are not there, such as
            the target of rows to be answered, are passed over.
        categories: Columns of CSV files that hold categories, as in `read_table`.

    Raises:
        UsageError: A file does not exist, or has another format or no such column.
        DataError: The files hold no row, or do not fit together.

    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.csv").write_text("size,unit\n1,m\n2,\n")
    >>> _ = (folder / "b.csv").write_text("size,unit\n1.5,m\n")
    >>> blocks = TableBlocks(folder)
    >>> [block.table.column("size").to_pylist() for block in blocks]
    [[1.0, 2.0], [1.5]]
    """

    def __init__(
        self,
        source: str | Path | Sequence[str | Path],
        *,
        columns: Sequence[str] | None = None,
        block_rows: int = 65_536,
        missing_values: Sequence[str] = MISSING_VALUES,
        types: Mapping[str, pa.DataType | str] | None = None,
        categories: Collection[str] = (),
    ) -> None:
        if block_rows < 1:
            msg = f"block_rows must be >= 1, got {block_rows}"
            raise UsageError(msg)
        self.block_rows = block_rows
        self._coded: frozenset[str] = frozenset()
        self.missing_values = tuple(missing_values)
        paths, types = _paths(source), dict(types or {})
        self._files = [open_file(p, missing_values, types, categories) for p in paths]
        texts = texts_in_some_files(self._files)
        if texts:
            types |= dict.fromkeys(texts, pa.string())
            self._files = [
                open_file(p, missing_values, types, categories) for p in paths
            ]
        self.schema = common_schema(self._files, missing_values)
        sizes = [size for file in self._files for size in file.sizes]
        if sum(size is None or size for size in sizes) == 0:
            msg = f"{source}: must have at least one row, got none"
            raise DataError(msg)
        if columns is not None:
            self.schema = self.select(columns).schema

    @property
    def column_names(self) -> list[str]:
        """Names of the columns that are read."""
        return list(self.schema.names)

    @property
    def num_rows(self) -> int | None:
        """Rows of all files, None where only reading would tell (large CSV files)."""
        sizes = [size for file in self._files for size in file.sizes]
        return None if None in sizes else sum(size or 0 for size in sizes)

    @property
    def identity(self) -> list[str]:
        """Name, size and time of change of each file."""
        files = [(file.path.name, file.path.stat()) for file in self._files]
        return [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in files]

    def select(self, columns: Sequence[str]) -> "TableBlocks":
        """Return the same rows with only these columns, in this order.

        Raises:
            UsageError: There is no such column.
        """
        for name in columns:
            if name not in self.schema.names:
                near = suggest(name, self.schema.names)
                msg = f"column '{name}': the table has no such column{near}"
                raise UsageError(msg)
        other = copy.copy(self)
        other.schema = pa.schema([self.schema.field(name) for name in columns])
        return other

    def coded(self, columns: Sequence[str]) -> "TableBlocks":
        """Return the same rows with columns of texts as dictionaries where stored so.

        A Parquet file holds each text once, next to the rows' numbers; they are then
        not spelled out for every row. The values are the same.
        """
        texts = {f.name for f in self.schema if pa.types.is_string(f.type)}
        other = copy.copy(self)
        other._coded = frozenset(columns) & texts
        return other

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks in the files' order."""
        return self._read(self._units())

    def shuffled(self, seed: int, epoch: int) -> Iterator[Block]:
        """Yield the blocks with the files' units in an order from (seed, epoch).

        Units are row groups (Parquet), record batches (Arrow) or files (CSV); the rows
        of a unit stay together and in order.
        """
        units = self._units()
        order = np.random.default_rng([seed, epoch, 0]).permutation(len(units))
        return self._read(units[i] for i in order)

    def _units(self) -> list[tuple[int, int, int]]:
        """File, unit in the file, and the unit's first row."""
        return [
            (number, unit, first)
            for number, file in enumerate(self._files)
            for unit, first in enumerate(_starts(file))
        ]

    def _read(self, units: Iterable[tuple[int, int, int]]) -> Iterator[Block]:
        for number, unit, first in units:
            file = self._files[number]
            names, coded = self.column_names, sorted(self._coded)
            with reading(file.path):
                for table in file.read(unit, names, self.block_rows, coded):
                    yield Block(self._plain(table), number, first)
                    first += table.num_rows

    def _plain(self, table: pa.Table) -> pa.Table:
        coded = [
            name
            for name in self._coded
            if pa.types.is_dictionary(table.schema.field(name).type)
        ]
        block = plain(table.drop_columns(coded), self.missing_values)
        block = block.cast(
            pa.schema([self.schema.field(name) for name in block.column_names])
        )
        for name in coded:
            chunks = [self._plain_codes(c) for c in table.column(name).chunks]
            block = block.append_column(name, pa.chunked_array(chunks))
        return block.select(self.column_names)

    def _plain_codes(self, values: pa.DictionaryArray) -> pa.DictionaryArray:
        """Set missing texts to null in the dictionary, once for all their rows."""
        known = plain(pa.table([values.dictionary], ["text"]), self.missing_values)
        texts = known.column("text").combine_chunks()
        return pa.DictionaryArray.from_arrays(values.indices, texts)


def is_large(path: str | Path) -> bool:
    """Tell whether a table is better read in blocks: a folder, or more than 1 GiB."""
    path = Path(path)
    return path.is_dir() or (path.is_file() and path.stat().st_size > _LARGE_BYTES)


def _starts(file: TableFile) -> list[int]:
    """First row of each unit; the last one's size need not be known."""
    return list(accumulate((size or 0 for size in file.sizes[:-1]), initial=0))


def _paths(source: str | Path | Sequence[str | Path]) -> list[Path]:
    if not isinstance(source, str | Path):
        paths = [Path(path) for path in source]
        if not paths:
            raise UsageError("a list of files must name at least one, got none")
        return paths
    path = Path(source)
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.name[0] not in "._")
    if not found or any(p.is_dir() for p in found):
        what = "folders in it; list their files" if found else "nothing in it"
        msg = f"{path}: a folder must hold files ({', '.join(SUFFIXES)}), got {what}"
        raise UsageError(msg)
    return found
