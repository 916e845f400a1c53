"""Rows that come to a finished run: in blocks, in the types that it has learned."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.config.schema import DataConfig
from mlpkit.data import TableBlocks, read_table
from mlpkit.errors import DataError
from mlpkit.preprocessing import BLOCK_ROWS
from mlpkit.runs.answers import Answers
from mlpkit.runs.same_table import check_texts


class Incoming:
    """A table's rows in blocks; a file, or a folder of files, is never held whole.

    Args:
        data: As `read_table` takes it, or a folder or list of files, as `TableBlocks`.
        config: What the run's job says of its data.
        learned: Type of each column of texts as categories or classes.
        needed: Columns that are read; where the table lacks one, all are.
        optional: Columns that are read, too, where there are some.

    Raises:
        UsageError, DataError: See `read_table` and `TableBlocks`.
    """

    def __init__(
        self,
        data: Any,
        config: DataConfig,
        learned: Mapping[str, pa.DataType],
        needed: Sequence[str],
        optional: Sequence[str] = (),
    ) -> None:
        self._learned = learned
        types = {**learned, **config.types}
        self._rows: pa.Table | TableBlocks
        if _are_files(data):
            blocks = TableBlocks(
                data,
                block_rows=BLOCK_ROWS,
                missing_values=config.missing_values,
                types=types,
            )
            names = blocks.column_names
            some = [*needed, *(name for name in optional if name in names)]
            self._rows = blocks.select(some) if {*needed} <= {*names} else blocks
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


def scored(
    answers: Answers, rows: Incoming, beside: Sequence[str]
) -> tuple[pa.Table, np.ndarray, int]:
    """Return targets and scores of the rows that have a target, and all rows' number.

    Args:
        answers: Of the run.
        rows: With the features and the target.
        beside: Columns that are returned with the target, where there are some.

    Raises:
        DataError: No row has a target, or a value does not fit.
    """
    targets = answers.target.columns
    used = [*targets, *(name for name in beside if name in rows.column_names)]
    kept, scores, count = [], [], 0
    for first, block in rows:
        known = answers.target.present(block)
        count += len(known)
        if known.any():
            kept.append(block.select(used).filter(pa.array(known)))
            scores.append(answers.scores(block, first)[known])
    if not kept:
        msg = f"the target {', '.join(targets)} is missing in every row"
        raise DataError(msg)
    return pa.concat_tables(kept), np.concatenate(scores), count


def _are_files(data: Any) -> bool:
    if isinstance(data, list | tuple):
        return bool(data) and all(isinstance(d, str | Path) for d in data)
    named = isinstance(data, str) and not data.startswith("sklearn:")
    return named or isinstance(data, Path)
