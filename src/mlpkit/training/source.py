"""Where an epoch's rows come from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlpkit.training.order import epoch_order
from mlpkit.training.rows import Rows


@dataclass(frozen=True)
class InMemory:
    """All rows in memory, in a new order every epoch.

    Attributes:
        rows: The training data.
        batch_size: Rows per step.
        seed: Of the order.
        shuffle: False: as the rows come.
        steps: Steps per epoch; None: once through the rows.
    """

    rows: Rows
    batch_size: int
    seed: int
    shuffle: bool = True
    steps: int | None = None

    @property
    def structure(self) -> Any:
        """Of a batch."""
        return self.rows.structure

    @property
    def row_bytes(self) -> int:
        """Of one row."""
        return self.rows.row_bytes

    @property
    def steps_per_epoch(self) -> int:
        """How many steps an epoch has."""
        return self.steps or -(-self.rows.count // self.batch_size)

    def order(self, epoch: int) -> np.ndarray:
        """Return the row numbers of an epoch."""
        return epoch_order(
            self.rows.count,
            seed=self.seed,
            epoch=epoch,
            shuffle=self.shuffle,
            rows_per_epoch=self.steps and self.steps * self.batch_size,
        )

    def pieces(self, epoch: int) -> Iterator[tuple[list[Any], np.ndarray]]:
        """Yield the epoch's rows, flat tensors and the order within them."""
        yield self.rows.tensors, self.order(epoch)

    def batch_of(self, tensors: list[Any], index: np.ndarray) -> Any:
        """Return some rows of a piece, nested."""
        return Rows(self.structure, tensors).batch(index)
