"""Learn the statistics of every column from the training rows, in one pass."""

from collections.abc import Sequence

import pyarrow as pa

from mlpkit.config import PreprocessingConfig
from mlpkit.config.schema import MISSING_VALUES
from mlpkit.data import Column
from mlpkit.errors import DataError
from mlpkit.preprocessing.column_fits import column_fit
from mlpkit.preprocessing.statistics import Statistics


class StatisticsFit:
    """Learns the statistics from blocks of the training rows, in one pass.

    Vocabularies, missing values and ranges are those of all rows; medians and
    quartiles those of a sample. With the whole table as its own sample, the result is
    `fit_statistics`' to the last bit.

    Args:
        columns: Kinds, from `infer_columns` or `Survey.columns`.
        config: Limits of vocabularies and one-hot blocks.
        missing_values: Texts that mean missing in served rows.

    Raises:
        DataError: No column is left.

    >>> import pyarrow as pa
    >>> from mlpkit.data import infer_columns
    >>> table = pa.table({"size": [1.0, 2.0, 3.0, 4.0, 5.0]})
    >>> fit = StatisticsFit(infer_columns(table))
    >>> fit.add(table.slice(0, 2))
    >>> fit.add(table.slice(2))
    >>> fit.result(sample=table) == fit_statistics(table, infer_columns(table))
    True
    """

    def __init__(
        self,
        columns: Sequence[Column],
        config: PreprocessingConfig | None = None,
        *,
        missing_values: Sequence[str] = MISSING_VALUES,
    ) -> None:
        config = config or PreprocessingConfig()
        self._fits = [column_fit(c, config) for c in columns if c.kind != "ignore"]
        if not self._fits:
            msg = "the table must have a column to learn from; every one is left out: "
            raise DataError(msg + "; ".join(f"{c.name}: {c.note}" for c in columns))
        self._missing_values = tuple(missing_values)
        self._rows = 0

    def add(self, table: pa.Table) -> None:
        """Take the next block of training rows.

        Raises:
            DataError: A column does not fit its configured kind.
        """
        self._rows += table.num_rows
        for fit in self._fits:
            fit.add(table)

    def result(self, sample: pa.Table) -> Statistics:
        """Return the statistics of the rows that were added.

        Args:
            sample: Of these rows, uniformly drawn.
        """
        notes: list[str] = []
        fitted = tuple(fit.result(sample, notes) for fit in self._fits)
        return Statistics(fitted, self._missing_values, self._rows, tuple(notes))


def fit_statistics(
    table: pa.Table,
    columns: Sequence[Column],
    config: PreprocessingConfig | None = None,
    *,
    missing_values: Sequence[str] = MISSING_VALUES,
) -> Statistics:
    """Return the statistics of the columns that are not left out.

    Args:
        table: Training rows only.
        columns: Kinds, from `infer_columns`.
        config: Limits of vocabularies and one-hot blocks.
        missing_values: Texts that mean missing in served rows.

    Raises:
        DataError: No column is left, or a column does not fit its configured kind.

    >>> import pyarrow as pa
    >>> from mlpkit.data import infer_columns
    >>> table = pa.table({"size": [1.0, 2.0, 3.0, 4.0, 5.0]})
    >>> fit_statistics(table, infer_columns(table)).columns[0].center
    3.0
    """
    fit = StatisticsFit(columns, config, missing_values=missing_values)
    fit.add(table)
    return fit.result(table)
