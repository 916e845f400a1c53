"""Rows that come to a finished run: in blocks, in the types that it has learned."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from mlpkit.config.schema import DataConfig
from mlpkit.data import TableBlocks, read_table
from mlpkit.preprocessing import BLOCK_ROWS
from mlpkit.runs.same_table import check_texts


class Incoming:
    """A table's rows in blocks; a file, or a folder of files, is never held whole.

    Args:
        data: As `read_table` takes it, or a folder or list of files, as `TableBlocks`.
        config: What the run's job says of its data.
        learned: Type of each column of texts as categories, in the run's table.
        targets: Type of each target that is told by its type.
        needed: Columns that are read; where the table lacks one, all are.

    Raises:
        UsageError, DataError: See `read_table` and `TableBlocks`.
    """

    def __init__(
        self,
        data: Any,
        config: DataConfig,
        learned: Mapping[str, pa.DataType],
        targets: Mapping[str, pa.DataType],
        needed: Sequence[str],
    ) -> None:
        self._learned = learned
        types = {**learned, **targets, **config.types}
        self._rows: pa.Table | TableBlocks
        if _are_files(data):
            blocks = TableBlocks(
                data,
                block_rows=BLOCK_ROWS,
                missing_values=config.missing_values,
                types=types,
            )
            some = set(needed) <= set(blocks.column_names)
            self._rows = blocks.select(needed) if some else blocks
        else:
            self._rows = read_table(
                data, missing_values=config.missing_values, types=types
            )

    @property
    def column_names(self) -> list[str]:
        """Names of the columns that are read."""
        return self._rows.column_names

    def __iter__(self) -> Iterator[tuple[int, pa.Table]]:
        """Yield the blocks, each with the number of its first row.

        Raises:
            DataError: Categories that were texts come in another type.
        """
        first = 0
        for block in self._blocks():
            check_texts(block, self._learned)
            yield first, block
            first += block.num_rows

    def _blocks(self) -> Iterator[pa.Table]:
        if isinstance(self._rows, pa.Table):
            for start in range(0, self._rows.num_rows, BLOCK_ROWS):
                yield self._rows.slice(start, BLOCK_ROWS)
        else:
            yield from (block.table for block in self._rows)


def _are_files(data: Any) -> bool:
    if isinstance(data, list | tuple):
        return bool(data) and all(isinstance(d, str | Path) for d in data)
    named = isinstance(data, str) and not data.startswith("sklearn:")
    return named or isinstance(data, Path)
