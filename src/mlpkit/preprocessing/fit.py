"""Learn the statistics of every column from the training rows, in one pass."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from mlpkit.config import PreprocessingConfig
from mlpkit.config.schema import MISSING_VALUES
from mlpkit.data import Column
from mlpkit.errors import DataError
from mlpkit.preprocessing.dates import date_parts
from mlpkit.preprocessing.raw import date_texts, finite, raw_type, typed
from mlpkit.preprocessing.statistics import (
    BooleanStatistics,
    CategoricalStatistics,
    ColumnStatistics,
    DatetimeStatistics,
    NumericStatistics,
    Statistics,
)

_RARE = 2  # a category in fewer training rows cannot be learned: it counts as unseen
_FLOAT32_DIGITS = 2.0**-24


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
    config = config or PreprocessingConfig()
    notes: list[str] = []
    fitted = [
        _fit(typed(table, c), c, config, notes) for c in columns if c.kind != "ignore"
    ]
    if not fitted:
        msg = "the table must have a column to learn from; every one is left out: "
        raise DataError(msg + "; ".join(f"{c.name}: {c.note}" for c in columns))
    return Statistics(
        tuple(fitted), tuple(missing_values), table.num_rows, tuple(notes)
    )


def _fit(
    values: pa.ChunkedArray,
    column: Column,
    config: PreprocessingConfig,
    notes: list[str],
) -> ColumnStatistics:
    if column.kind == "boolean":
        return BooleanStatistics(column.name, missing=values.null_count > 0)
    if column.kind == "categorical":
        return _fit_categorical(values, column, config, notes)
    if column.kind == "datetime":
        return _fit_datetime(values, column)
    return _fit_numeric(values, column, notes)


def _fit_datetime(values: pa.ChunkedArray, column: Column) -> DatetimeStatistics:
    present = values.drop_null()
    parts = date_parts(tf.constant(date_texts(present, column.name), tf.string))
    valid = parts.valid.numpy()
    if not valid.all():
        first = present[int(np.argmin(valid))].as_py()
        msg = f"column '{column.name}': values must be dates of the calendar"
        raise DataError(f"{msg}, got {str(first)!r}")
    days, clock = parts.days.numpy().astype(np.float64), parts.clock.numpy()
    center, scale = robust_scale(days + clock)
    varies = len(clock) > 0 and clock.min() < clock.max()
    return DatetimeStatistics(
        column.name, center, scale, bool(varies), missing=values.null_count > 0
    )


def _fit_numeric(
    values: pa.ChunkedArray, column: Column, notes: list[str]
) -> NumericStatistics:
    numbers, infinite = finite(values)
    if infinite:
        notes.append(f"column '{column.name}': {infinite} infinite values are missing")
    known = numbers[~np.isnan(numbers)]
    center, scale = robust_scale(known)
    raw = raw_type(values)
    if raw == "float" and len(known) and scale:
        # rows arrive as float32: an offset far above the spread eats its digits
        lost = np.abs(known).max() * _FLOAT32_DIGITS * scale
        if lost > 0.01:
            notes.append(
                f"column '{column.name}': values are so large against their spread "
                "that float32 rounds them; subtract an offset"
            )
    return NumericStatistics(
        column.name, raw, center, scale, missing=len(known) < len(numbers)
    )


def robust_scale(values: np.ndarray) -> tuple[float, float]:
    """Return median and scale: 1/IQR, else 2/range, else 0 for a constant column.

    >>> robust_scale(np.array([0.0, 0.0, 0.0, 0.0, 10.0]))
    (0.0, 0.2)
    """
    if not len(values):
        return 0.0, 0.0
    low, center, high = np.quantile(values, [0.25, 0.5, 0.75])
    spread = high - low or (values.max() - values.min()) / 2
    scale = 1 / spread if spread > 0 else 0.0
    return float(center), float(scale) if np.isfinite(scale) else 0.0


def _fit_categorical(
    values: pa.ChunkedArray,
    column: Column,
    config: PreprocessingConfig,
    notes: list[str],
) -> CategoricalStatistics:
    counted = pc.value_counts(values.drop_null())
    pairs = zip(
        counted.field("values").to_pylist(),
        counted.field("counts").to_pylist(),
        strict=True,
    )
    ranked = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    kept = [value for value, count in ranked if count >= _RARE]
    if len(kept) > config.max_categories:
        notes.append(
            f"column '{column.name}': of {len(ranked)} categories the "
            f"{config.max_categories} most frequent are kept, the rest count as unseen"
        )
        kept = kept[: config.max_categories]
    return CategoricalStatistics(
        column.name,
        raw_type(values),
        tuple(kept),
        unseen=len(kept) < len(ranked),
        missing=values.null_count > 0,
        embedded=len(kept) > config.one_hot_limit,
    )
