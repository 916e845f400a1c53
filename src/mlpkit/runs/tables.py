"""The tables of a job: that which it trains on, and those that are held back."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from mlpkit.config import Config
from mlpkit.data import read_table
from mlpkit.data.columns import categories_of
from mlpkit.data.read import check_types
from mlpkit.errors import DataError, UsageError


class Tables(NamedTuple):
    """All rows of a job.

    Attributes:
        whole: All of them, those of the training file first.
        first: The training file's.
        files: File of each row: 0 train, 1 validation, 2 test; None if there is one.
    """

    whole: pa.Table
    first: pa.Table
    files: np.ndarray | None


def read_tables(job: Config, data: Any) -> Tables:
    """Return the rows of `[data]`, or of a table in memory and its other files.

    Raises:
        UsageError, DataError: See `read_table`; the files do not fit together.
    """
    config = job.data
    source = config.path if data is None else data
    if source is None:
        msg = "data.path: must name a file, or pass the table as data= (a run's: "
        msg += "run.report(data), run.figures(data))"
        raise UsageError(msg)
    first = read_table(
        source,
        missing_values=config.missing_values,
        types=config.types,
        categories=categories_of(job.columns),
    )
    check_types(first.column_names, config.types)
    others = {1: config.validation, 2: config.test}
    given = {part: path for part, path in others.items() if path is not None}
    if not given:
        return Tables(first, first, None)
    tables = [first, *(read_beside(p, job, first.schema) for p in given.values())]
    counts = [table.num_rows for table in tables]
    return Tables(_joined(tables), first, np.repeat([0, *given], counts))


def read_beside(path: str, job: Config, first: pa.Schema) -> pa.Table:
    """Return the columns of the training file, read from another one.

    Args:
        path: Of the other file.
        job: Whose categories are texts in all files if they are in the first.
        first: Schema of the training file.

    Raises:
        UsageError, DataError: See `read_table`; it lacks a column.
    """
    names = categories_of(job.columns)
    types = {f.name: f.type for f in first if f.name in names}
    texts = {name: kind for name, kind in types.items() if pa.types.is_string(kind)}
    table = read_table(
        path,
        missing_values=job.data.missing_values,
        types={**texts, **job.data.types},
        categories=names,
    )
    if lacking := [n for n in first.names if n not in table.column_names]:
        msg = f"{path}: must have the columns of the training file, it lacks "
        raise DataError(f"{msg}{', '.join(lacking)}")
    return table.select(first.names)


def _joined(tables: list[pa.Table]) -> pa.Table:
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        msg = f"the files must have the same column types: {error}; data.types "
        msg += "gives those of CSV files"
        raise DataError(msg) from None
