"""The encoder's graph over whole tables, as fast as their columns allow."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from mlpkit.errors import DataError
from mlpkit.preprocessing.encoder import Encoder
from mlpkit.preprocessing.raw import check_names, raw_column
from mlpkit.preprocessing.shared_memory import aligned, as_array, as_tensor
from mlpkit.preprocessing.statistics import CategoricalStatistics, ColumnStatistics

BLOCK_ROWS = 65_536
"""Rows that go through a graph at a time, so that memory stays bounded."""


class TableEncoder:
    """Encodes tables with one compiled graph, made once.

    The encoder's own tables tell the slots, but of a block's distinct values only:
    Arrow finds these in C++, while a look-up per row would first make a Python string
    of each value. Everything else is the encoder's graph as it is exported, so the
    matrix is that of ``encoder(raw_columns(table))``.

    Args:
        encoder: Fitted.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.statistics = encoder.statistics
        columns = encoder.statistics.columns
        self._looked_up = [c for c in columns if isinstance(c, CategoricalStatistics)]
        self._direct = [c for c in columns if c not in self._looked_up]
        signature = encoder.input_signature
        self._types = {n: s.dtype for n, s in signature.items()}
        # concrete, since TensorFlow would warn of "retracing" from the sixth table on
        self._encode = tf.function(
            encoder.encode, autograph=False
        ).get_concrete_function(
            {c.name: signature[c.name] for c in self._direct},
            {c.name: tf.TensorSpec([None], tf.int64) for c in self._looked_up},
        )
        self.num_features = encoder.num_features
        self.cardinalities = encoder.cardinalities

    def __call__(self, table: pa.Table, first_row: int = 0) -> np.ndarray:
        """Return the matrix, float32 ``(rows, num_features)``, only to be read.

        Args:
            table: All columns that are encoded.
            first_row: Number of its first row, in messages.

        Raises:
            DataError: A column is missing, or its values have another type.
        """
        check_names(table, self.statistics)
        if 0 < table.num_rows <= BLOCK_ROWS:
            return self._encode_block(table, first_row)
        matrix = np.empty((table.num_rows, self.num_features), np.float32)
        for start in range(0, table.num_rows, BLOCK_ROWS):
            block = table.slice(start, BLOCK_ROWS)
            rows = slice(start, start + block.num_rows)
            matrix[rows] = self._encode_block(block, first_row + start)
        return matrix

    def _encode_block(self, block: pa.Table, row: int) -> np.ndarray:
        raw = {c.name: self._tensor(block.column(c.name), c, row) for c in self._direct}
        slots = {
            c.name: self._slots(block.column(c.name), c, row) for c in self._looked_up
        }
        return as_array(self._encode(raw, slots))

    def _tensor(
        self, values: pa.ChunkedArray, column: ColumnStatistics, first_row: int | None
    ) -> Any:
        raw = raw_column(values, column, first_row)
        if raw.dtype == object:
            return tf.constant(raw, self._types[column.name])
        array = aligned(raw.shape, raw.dtype)
        array[:] = raw
        return as_tensor(array)

    def _slots(
        self, values: pa.ChunkedArray, column: ColumnStatistics, first_row: int
    ) -> Any:
        distinct, codes = _distinct(values)
        try:
            keys = self._tensor(distinct, column, None)
        except DataError:
            raw_column(values, column, first_row)  # the same mistake, with its row
            raise
        slots = self._encoder.slots({column.name: keys})
        array = aligned(codes.shape, np.int64)
        # the indices are within bounds: "clip" only spares a copy that checks them
        np.take(as_array(slots[column.name]), codes, out=array, mode="clip")
        return as_tensor(array)


def _distinct(values: pa.ChunkedArray) -> tuple[pa.ChunkedArray, np.ndarray]:
    """Return the distinct values, null among them, and each row's index into them."""
    coded = values.combine_chunks()
    if not pa.types.is_dictionary(values.type):
        coded = pc.dictionary_encode(coded, null_encoding="encode")
        return pa.chunked_array([coded.dictionary]), coded.indices.to_numpy()
    null = len(coded.dictionary)
    codes = pc.fill_null(coded.indices.cast(pa.int64()), null).to_numpy()
    # a dictionary may be that of many more rows
    used = np.zeros(null + 1, bool)
    used[codes] = True
    indices = pa.array(np.flatnonzero(used), mask=np.flatnonzero(used) == null)
    distinct = coded.dictionary.take(indices)
    return pa.chunked_array([distinct]), (np.cumsum(used) - 1)[codes]


def encode_table(encoder: Encoder, table: pa.Table) -> np.ndarray:
    """Return a table's matrix, float32 ``(rows, num_features)``, only to be read.

    Rows go through in blocks, so that memory stays near the result's own size.
    """
    return TableEncoder(encoder)(table)
