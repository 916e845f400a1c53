"""The rows of one call of ``fit``: features, target and weights."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.data import Target

_MOST_IN_ORDER = 10_000


@dataclass(frozen=True)
class Rows:
    """The rows of one call of ``fit``.

    Attributes:
        table: Features.
        target: Columns, task, classes.
        y: As `Target.encode` gives it.
        sample_weight: Of each row, >= 0, or None.
        class_weight: Of each row's class, > 0, or None.
        index: Row of X that each one is, or None: all of them in order.
    """

    table: pa.Table
    target: Target
    y: np.ndarray
    sample_weight: np.ndarray | None = None
    class_weight: np.ndarray | None = None
    index: np.ndarray | None = None

    @property
    def places(self) -> np.ndarray:
        """Row of X that each one is."""
        return np.arange(len(self.y)) if self.index is None else self.index

    def take(self, index: np.ndarray) -> "Rows":
        """Return these rows; the same one may come several times."""
        weight, by_class = self.sample_weight, self.class_weight
        return replace(
            self,
            table=self.table.take(index),
            y=self.y[index],
            sample_weight=None if weight is None else weight[index],
            class_weight=None if by_class is None else by_class[index],
            index=self.places[index],
        )

    def settled(self, *, copies: bool = True) -> "Rows":
        """Return the rows to learn from.

        Rows of weight 0 are as good as not there. Where weights are whole and add up
        to no more than 10,000, a row of weight w is that row w times, to the bit: rows
        come in the order of their values, whatever order they were given in. One other
        weight for all rows is none, too. Without ``copies`` weights stay weights: no
        row is in two parts of a split.
        """
        rows, weight = self, self.sample_weight
        if weight is not None and not weight.all():
            rows = self.take(np.flatnonzero(weight))
            weight = rows.sample_weight
        counts = np.ones(len(rows.y)) if weight is None else weight
        if not are_counts(counts, _MOST_IN_ORDER) and (counts == counts[0]).all():
            counts = np.ones(len(rows.y))  # their scale does not matter
        if not are_counts(counts, _MOST_IN_ORDER):
            return rows
        if not copies and (counts > 1).any():
            return rows.in_order()
        order = np.repeat(np.arange(len(counts)), counts.astype(np.int64))
        return replace(rows, sample_weight=None).take(order).in_order()

    def in_order(self) -> "Rows":
        """Return the rows sorted by features, then by target."""
        y = self.y.reshape(len(self.y), -1)
        found = (_sortable(k) for k in [*self.table.columns, *map(pa.array, y.T)])
        keys = {str(i): k for i, k in enumerate(found) if k is not None}
        sort_keys = [(name, "ascending") for name in keys]
        return self.take(
            pc.sort_indices(pa.table(keys), sort_keys=sort_keys).to_numpy()
        )

    def weight(self) -> np.ndarray | None:
        """Return weights whose mean is 1, so that their scale does not matter."""
        given = [w for w in (self.sample_weight, self.class_weight) if w is not None]
        if not given:
            return None
        weight = np.prod(given, axis=0)
        return (weight * (len(weight) / weight.sum())).astype(np.float32)


def _sortable(values: Any) -> Any:
    """The values in a type that Arrow sorts, or None."""
    kind = values.type
    if pa.types.is_boolean(kind):
        return values.cast(pa.int8())
    sortable = (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_string(kind)
        or pa.types.is_timestamp(kind)
    )
    return values if sortable else None


def are_counts(weight: np.ndarray, most: int) -> bool:
    """Tell whether weights are whole and add up to no more than ``most``.

    >>> are_counts(np.array([2.0, 1.0]), 3), are_counts(np.array([0.5]), 3)
    (True, False)
    """
    return bool((weight == np.round(weight)).all() and weight.sum() <= most)
