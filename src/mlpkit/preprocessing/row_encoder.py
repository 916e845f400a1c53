"""Blocks of a table → what a training step takes: x, y, weight."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mlpkit.data import TableBlocks, Target
from mlpkit.errors import DataError
from mlpkit.preprocessing.encode import TableEncoder
from mlpkit.preprocessing.statistics import CategoricalStatistics
from mlpkit.preprocessing.target import TargetScaling

Encoded = tuple[np.ndarray, np.ndarray, np.ndarray | None]


def _unchanged(y: np.ndarray) -> np.ndarray:
    return y


@dataclass(frozen=True)
class RowEncoder:
    """Encodes the rows whose target is known; the others are left out.

    Attributes:
        table_encoder: Of the features.
        target: Columns, task, classes.
        scaling: Of a regression's target.
        sample_weight: Column of row weights.
        class_weight: Weight per class, multiplied in.
        shape_target: Target as `Target.encode` gives it → as the loss takes it
            (``TASKS[task].shape_target``).
    """

    table_encoder: TableEncoder
    target: Target
    scaling: TargetScaling | None = None
    sample_weight: str | None = None
    class_weight: np.ndarray | None = None
    shape_target: Callable[[np.ndarray], np.ndarray] = _unchanged

    def narrow(self, blocks: TableBlocks) -> TableBlocks:
        """Return the blocks with what encoding needs, and in its fastest form.

        Raises:
            UsageError: A column is missing.
        """
        features = self.table_encoder.statistics
        names = [*features.names, *self.target.columns]
        if self.sample_weight is not None:
            names.append(self.sample_weight)
        looked_up = features.of_kind(CategoricalStatistics)
        return blocks.select(list(dict.fromkeys(names))).coded(
            [c.name for c in looked_up if c.name not in self.target.columns]
        )

    def __call__(self, table: pa.Table) -> Encoded:
        """Return x float32 ``(rows, features)``, y, and weights float32 or None.

        Raises:
            DataError: A value does not fit its column, or a weight is negative or
                not finite.
        """
        known = self.target.present(table)
        if not known.all():
            table = table.filter(pa.array(known))
        y = self.target.encode(table)
        weight = self._weight(table, y)
        if self.scaling is not None:
            y = self.scaling.scale(y)
        return self.table_encoder(table), self.shape_target(y), weight

    def _weight(self, table: pa.Table, y: np.ndarray) -> np.ndarray | None:
        weight = None
        if self.sample_weight is not None:
            weight = _row_weight(table.column(self.sample_weight), self.sample_weight)
        if self.class_weight is not None:
            by_class = self.class_weight[y]
            weight = by_class if weight is None else weight * by_class
        return None if weight is None else weight.astype(np.float32)


def _row_weight(values: pa.ChunkedArray, name: str) -> np.ndarray:
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        weight = values.cast(pa.float64()).to_numpy()
        if np.isfinite(weight).all() and weight.min(initial=0) >= 0:
            return weight
    msg = f"data.sample_weight: column '{name}' must hold finite numbers >= 0"
    raise DataError(msg)
