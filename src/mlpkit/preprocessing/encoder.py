"""The one graph that turns raw columns into the encoded matrix."""

import keyword
import re
from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from keras import ops

from mlpkit.preprocessing.dates import date_parts
from mlpkit.preprocessing.raw import MISSING_INTEGER
from mlpkit.preprocessing.statistics import (
    BooleanStatistics,
    CategoricalStatistics,
    DatetimeStatistics,
    NumericStatistics,
    Statistics,
)

_FLOAT32_MAX = float(np.finfo(np.float32).max)
_TF_TYPES = {"float": tf.float32, "integer": tf.int64, "text": tf.string}


class Encoder(tf.Module):
    """Encodes raw columns as one float32 matrix; the export holds this very graph.

    The matrix is, from left to right: numeric columns, smoothly clipped to (-3, 3);
    booleans as ±1; dates; one indicator per column that lacked values in training;
    one-hot blocks; last the slot numbers of embedded columns. A slot that no training
    row used has no one-hot column: its weights would stay at their random start.

    Args:
        statistics: From `fit_statistics`.
    """

    def __init__(self, statistics: Statistics) -> None:
        super().__init__(name="encoder")
        self.statistics = statistics
        self._tables = {c.name: _table(c, statistics) for c in self._categorical}

    @property
    def _categorical(self) -> list[CategoricalStatistics]:
        return list(self.statistics.of_kind(CategoricalStatistics))

    @property
    def cardinalities(self) -> tuple[int, ...]:
        """Slots of each embedded column: the last columns of the matrix."""
        return tuple(c.slots for c in self._categorical if c.embedded)

    @property
    def num_numeric(self) -> int:
        """Numeric columns: the first ones of the matrix."""
        return len(list(self.statistics.of_kind(NumericStatistics)))

    @property
    def input_signature(self) -> dict[str, tf.TensorSpec]:
        """Name, type and shape ``(rows,)`` of every raw column."""
        return {
            c.name: tf.TensorSpec([None], _TF_TYPES[c.raw])
            for c in self.statistics.columns
        }

    @property
    def serving_names(self) -> dict[str, str]:
        """Column → name of its input in a SavedModel, which takes identifiers only."""
        taken: dict[str, str] = {}
        for column in self.statistics.names:
            name = re.sub(r"\W", "_", column, flags=re.ASCII)
            name = name if name[:1].isalpha() else f"column_{name}"
            # TensorFlow makes a Python function's parameter of it
            name += "_" * (keyword.iskeyword(name) or name == "self")
            while name in taken.values():
                name += "_"
            taken[column] = name
        return taken

    @property
    def num_features(self) -> int:
        """Columns of the encoded matrix."""
        specs = self.input_signature
        empty = {name: tf.zeros([0], spec.dtype) for name, spec in specs.items()}
        return int(self(empty).shape[1])

    def __call__(self, raw: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Return the matrix, float32 ``(rows, num_features)``."""
        return self.encode(raw, self.slots(raw))

    def slots(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Return the slots, int64, of the categorical columns among the given ones."""
        return {n: t.lookup(raw[n]) for n, t in self._tables.items() if n in raw}

    def encode(
        self, raw: Mapping[str, tf.Tensor], slots: Mapping[str, tf.Tensor]
    ) -> tf.Tensor:
        """Return the matrix from the slots and the columns that are not categorical."""
        values: list[tf.Tensor] = []
        missing: list[tf.Tensor] = []
        for encode, cls in (
            (_encode_numeric, NumericStatistics),
            (_encode_boolean, BooleanStatistics),
            (_encode_datetime, DatetimeStatistics),
        ):
            columns = list(self.statistics.of_kind(cls))
            if columns:
                encoded, known = encode(columns, raw)
                values.append(encoded)
                lacking = np.flatnonzero([column.missing for column in columns])
                missing.append(1 - ops.cast(_picked(known, lacking), "float32"))
        one_hot = [
            _one_hot(slots[c.name], c) for c in self._categorical if not c.embedded
        ]
        ids = [
            ops.cast(slots[c.name][:, None], "float32")
            for c in self._categorical
            if c.embedded
        ]
        return ops.concatenate([*values, *missing, *one_hot, *ids], axis=1)


def _encode_numeric(
    columns: list[NumericStatistics], raw: Mapping[str, tf.Tensor]
) -> tuple[tf.Tensor, tf.Tensor]:
    # few operations for all columns of a type: a table may have thousands
    whole = [i for i, c in enumerate(columns) if c.raw == "integer"]
    fractions = [i for i, c in enumerate(columns) if c.raw != "integer"]
    shifted, known = [], []
    if fractions:
        x = ops.stack([raw[columns[i].name] for i in fractions], axis=1)
        known.append(ops.less_equal(ops.abs(x), _FLOAT32_MAX))  # False for NaN
        shifted.append(x - np.array([columns[i].center for i in fractions], np.float32))
    if whole:
        # whole numbers are centred as such: float32 would round large ones
        x = ops.stack([raw[columns[i].name] for i in whole], axis=1)
        center = np.array([round(columns[i].center) for i in whole], np.int64)
        rest = [columns[i].center - round(columns[i].center) for i in whole]
        known.append(ops.not_equal(x, MISSING_INTEGER))
        shifted.append(ops.cast(x - center, "float32") - np.array(rest, np.float32))
    order = np.argsort([*fractions, *whole])
    present = _picked(ops.concatenate(known, axis=1), order)
    values = _picked(ops.concatenate(shifted, axis=1), order)
    scale = np.array([c.scale for c in columns], np.float32)
    # zeros before the product, since 0 * inf would be NaN
    safe = ops.where(present, values, 0.0)
    return smooth_clip(safe * scale), present


def _picked(matrix: tf.Tensor, columns: np.ndarray) -> tf.Tensor:
    """Some columns of a matrix, in their order; itself if these are all."""
    if np.array_equal(columns, np.arange(matrix.shape[1])):
        return matrix
    return ops.take(matrix, columns, axis=1)


def smooth_clip(x: tf.Tensor) -> tf.Tensor:
    """Return x / sqrt(1 + (x/3)²): slope 1 at 0, values within (-3, 3).

    References: Holzmüller et al. 2024, "Better by Default", section 3.
    """
    x = ops.clip(x, -1e6, 1e6)  # the square of a larger one overflows
    return x / ops.sqrt(1 + ops.square(x / 3))


def _encode_boolean(
    columns: list[BooleanStatistics], raw: Mapping[str, tf.Tensor]
) -> tuple[tf.Tensor, tf.Tensor]:
    x = ops.stack([raw[c.name] for c in columns], axis=1)
    known = ops.logical_or(ops.equal(x, 0), ops.equal(x, 1))
    return ops.cast(ops.where(known, 2 * x - 1, 0), "float32"), known


def _encode_datetime(
    columns: list[DatetimeStatistics], raw: Mapping[str, tf.Tensor]
) -> tuple[tf.Tensor, tf.Tensor]:
    parts, known = [], []
    for column in columns:
        date = date_parts(raw[column.name])
        moment = date.days - np.float32(column.center) + date.clock
        scaled = smooth_clip(moment * np.float32(column.scale))
        cycles = date.cycles(clock=column.clock)
        part = ops.concatenate([scaled[:, None], cycles], axis=1)
        parts.append(ops.where(date.valid[:, None], part, 0.0))
        known.append(date.valid)
    return ops.concatenate(parts, axis=1), ops.stack(known, axis=1)


def _table(
    column: CategoricalStatistics, statistics: Statistics
) -> tf.lookup.StaticHashTable:
    """Value → slot: 0 unseen, 1 missing, 2… vocabulary."""
    if column.raw == "text":
        texts = dict.fromkeys(("", *statistics.missing_values))
        marks: list = [text for text in texts if text not in column.vocabulary]
    else:
        marks = [MISSING_INTEGER]
    keys = [*column.vocabulary, *marks]
    slots = [*range(2, column.slots), *[1] * len(marks)]
    initializer = tf.lookup.KeyValueTensorInitializer(
        tf.constant(keys, _TF_TYPES[column.raw]), tf.constant(slots, tf.int64)
    )
    return tf.lookup.StaticHashTable(initializer, default_value=0)


def _one_hot(slots: tf.Tensor, column: CategoricalStatistics) -> tf.Tensor:
    used = [column.unseen, column.missing, *[True] * len(column.vocabulary)]
    kept = np.flatnonzero(used).astype(np.int64)
    return ops.cast(ops.equal(slots[:, None], kept), "float32")
