"""What each kind of column is learned from: exact facts of every row, and a sample.

Vocabularies, missing values and ranges come from all rows, block by block; medians and
quartiles come from the sample, which for a table in memory is the table itself.
"""

from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from mlpkit.config import PreprocessingConfig
from mlpkit.data import Column
from mlpkit.preprocessing.dates import date_parts
from mlpkit.preprocessing.raw import date_texts, finite, raw_type, typed
from mlpkit.preprocessing.statistics import (
    BooleanStatistics,
    CategoricalStatistics,
    ColumnStatistics,
    DatetimeStatistics,
    NumericStatistics,
    RawType,
)

_RARE = 2  # a category in fewer training rows cannot be learned: it counts as unseen
_FLOAT32_DIGITS = 2.0**-24
_MOST_DISTINCT = 1 << 20  # values of a column that are counted from block to block
_FLOAT32_MAX = float(np.finfo(np.float32).max)


class ColumnFit(Protocol):
    """Learns one column from blocks."""

    def add(self, table: pa.Table) -> None:
        """Take the next block's rows."""

    def result(self, sample: pa.Table, notes: list[str]) -> ColumnStatistics:
        """Return the statistics; what the user should know goes to the notes."""
        ...


def column_fit(column: Column, config: PreprocessingConfig) -> ColumnFit:
    """Return what learns a column of this kind."""
    if column.kind == "categorical":
        return CategoricalFit(column, config)
    if column.kind == "boolean":
        return BooleanFit(column)
    return DatetimeFit(column) if column.kind == "datetime" else NumericFit(column)


class BooleanFit:
    """Whether values are missing."""

    def __init__(self, column: Column) -> None:
        self._column, self._missing = column, False

    def add(self, table: pa.Table) -> None:
        """Take the next block's rows."""
        self._missing |= typed(table, self._column).null_count > 0

    def result(self, sample: pa.Table, notes: list[str]) -> BooleanStatistics:
        """Return the statistics."""
        del sample, notes
        return BooleanStatistics(self._column.name, missing=self._missing)


class DatetimeFit:
    """Validity of every date; median and quartiles of the sample."""

    def __init__(self, column: Column) -> None:
        self._column, self._missing = column, False
        self._clock = [np.inf, -np.inf]

    def _parts(self, values: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
        texts = date_texts(values, self._column.name, first_row=None)
        parts = date_parts(tf.constant(texts, tf.string))
        return parts.days.numpy().astype(np.float64), parts.clock.numpy()

    def add(self, table: pa.Table) -> None:
        """Take the next block's rows.

        Raises:
            DataError: A value is no date.
        """
        values = typed(table, self._column)
        self._missing |= values.null_count > 0
        different = values.drop_null().unique()
        _, clock = self._parts(pa.chunked_array([different]))
        low, high = self._clock
        self._clock = [clock.min(initial=low), clock.max(initial=high)]

    def result(self, sample: pa.Table, notes: list[str]) -> DatetimeStatistics:
        """Return the statistics."""
        del notes
        days, clock = self._parts(typed(sample, self._column).drop_null())
        center, scale = robust_scale(days + clock)
        low, high = self._clock
        return DatetimeStatistics(
            self._column.name, center, scale, bool(low < high), missing=self._missing
        )


class NumericFit:
    """Range, missing and infinite values of all rows; quartiles of the sample."""

    def __init__(self, column: Column) -> None:
        self._column, self._missing, self._infinite = column, False, 0
        self._low, self._high = np.inf, -np.inf
        self._raw: RawType = "float"

    def add(self, table: pa.Table) -> None:
        """Take the next block's rows."""
        values = typed(table, self._column)
        numbers, infinite = finite(values)
        known = numbers[~np.isnan(numbers)]
        self._raw = raw_type(values)
        self._infinite += infinite
        self._missing |= len(known) < len(numbers)
        self._low = known.min(initial=self._low)
        self._high = known.max(initial=self._high)

    def result(self, sample: pa.Table, notes: list[str]) -> NumericStatistics:
        """Return the statistics."""
        name = self._column.name
        numbers, _ = finite(typed(sample, self._column))
        known = numbers[~np.isnan(numbers)]
        center, scale = robust_scale(known, self._high - self._low)
        if self._infinite:
            notes.append(
                f"column '{name}': {self._infinite} infinite values of the training "
                "rows are missing"
            )
        if self._raw == "float" and len(known) and scale:
            # rows arrive as float32: an offset far above the spread eats its digits
            lost = max(abs(self._low), abs(self._high)) * _FLOAT32_DIGITS * scale
            if lost > 0.01:
                notes.append(
                    f"column '{name}': values are so large against their spread "
                    "that float32 rounds them; subtract an offset"
                )
        return NumericStatistics(name, self._raw, center, scale, missing=self._missing)


def robust_scale(
    values: np.ndarray, value_range: float | None = None
) -> tuple[float, float]:
    """Return median and scale: 1/IQR, else 2/range, else 0 for a constant column.

    Args:
        values: Known values, or a sample of them.
        value_range: Largest minus smallest, where the values are a sample.

    >>> robust_scale(np.array([0.0, 0.0, 0.0, 0.0, 10.0]))
    (0.0, 0.2)
    """
    if not len(values):
        return 0.0, 0.0
    low, center, high = np.quantile(values, [0.25, 0.5, 0.75])
    if value_range is None:
        value_range = values.max() - values.min()
    spread = high - low or value_range / 2
    scale = 1 / spread if spread > 0 else 0.0
    # a spread below float32's numbers is none in the graph, which has nothing wider
    return float(center), float(scale) if scale <= _FLOAT32_MAX else 0.0


class CategoricalFit:
    """Counts of all values, exact up to 2²⁰ different ones.

    Of more, the rarer half is forgotten whenever so many have come: a value may then
    miss occurrences it had before. Those that make it into a vocabulary are so much
    more frequent that their rank hardly changes; the notes say that it happened.
    """

    def __init__(self, column: Column, config: PreprocessingConfig) -> None:
        self._column, self._config = column, config
        self._counts: pa.Table | None = None
        self._missing = self._forgotten = False
        self._raw: RawType = "text"

    def add(self, table: pa.Table) -> None:
        """Take the next block's rows.

        Raises:
            DataError: A value does not fit the configured kind.
        """
        values = typed(table, self._column)
        self._raw = raw_type(values)
        self._missing |= values.null_count > 0
        counted = pa.Table.from_struct_array(pc.value_counts(values.drop_null()))
        if self._counts is None:
            self._counts = counted
            return
        both = pa.concat_tables([self._counts, counted])
        summed = both.group_by("values").aggregate([("counts", "sum")])
        self._counts = summed.rename_columns({"counts_sum": "counts"})
        if summed.num_rows > _MOST_DISTINCT:
            self._forgotten = True
            order = [("counts", "descending"), ("values", "ascending")]
            self._counts = self._counts.sort_by(order).slice(0, _MOST_DISTINCT // 2)

    def result(self, sample: pa.Table, notes: list[str]) -> CategoricalStatistics:
        """Return the statistics."""
        del sample
        name, limit = self._column.name, self._config.max_categories
        counted: list[list] = [[], []]
        if self._counts is not None:
            counted = [self._counts[c].to_pylist() for c in ("values", "counts")]
        pairs = zip(*counted, strict=True)
        ranked = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
        kept = [value for value, count in ranked if count >= _RARE]
        if self._forgotten:
            notes.append(
                f"column '{name}': more than {_MOST_DISTINCT} different values; the "
                "counts of the rarer ones are not exact"
            )
        if len(kept) > limit:
            notes.append(
                f"column '{name}': of {len(ranked)} categories the {limit} most "
                "frequent are kept, the rest count as unseen"
            )
            kept = kept[:limit]
        return CategoricalStatistics(
            name,
            self._raw,
            tuple(kept),
            unseen=self._forgotten or len(kept) < len(ranked),
            missing=self._missing,
            embedded=len(kept) > self._config.one_hot_limit,
        )
