"""What training, metrics and a run folder need of a job's data."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.config import Config
from mlpkit.data import Column, Split, Target
from mlpkit.factory import TASKS
from mlpkit.preprocessing import Encoder, RowStream, TableEncoder, TargetScaling


@dataclass(frozen=True)
class Prepared:
    """A job's data, ready for the network.

    Attributes:
        config: The job.
        identity: 8 hex digits of the job and its rows; empty where no run is kept.
        table: All rows with a known target; where the training rows are streamed, a
            few of those and all others.
        target: Columns, task, classes.
        columns: Kind of every feature column.
        split: Rows of ``table`` for train, validation, test.
        encoder: Fitted on the training rows.
        scaling: Of a regression's target.
        x: Encoded matrix, float32 ``(rows, features)``.
        y: Target as `Target.encode` gives it, in the table's units.
        weight: Weight of each row in training, class weights included, or None.
        sample_weight: Weight of each row in metrics, or None.
        notes: What the user should know.
        stream: Of the training rows, their number known; None: they are in ``table``.
        encode: The encoder's graph, where it was made: for further tables.
    """

    config: Config
    identity: str
    table: pa.Table
    target: Target
    columns: list[Column]
    split: Split
    encoder: Encoder
    scaling: TargetScaling | None
    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None
    sample_weight: np.ndarray | None
    notes: tuple[str, ...]
    stream: RowStream | None = None
    encode: TableEncoder | None = None

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each part has."""
        counts = self.split.counts()
        if self.stream is not None:
            counts["train"] = self.stream.rows or 0
        return counts

    def training(self, batch_size: int) -> dict[str, Any]:
        """Return the training rows as arguments of `fit`."""
        if self.stream is not None:
            return {"x": replace(self.stream, batch_size=batch_size)}
        x, y, *weight = self.batch(self.split.train)
        weights = {"sample_weight": weight[0]} if weight else {}
        return {"x": x, "y": y, "batch_size": batch_size, **weights}

    def weight_in_metrics(self, rows: np.ndarray) -> np.ndarray | None:
        """Return the weight of some rows in metrics, or None."""
        return None if self.sample_weight is None else self.sample_weight[rows]

    def batch(self, rows: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return x, y (as the loss takes it) and weights, if any, of some rows."""
        y = self.y[rows] if self.scaling is None else self.scaling.scale(self.y[rows])
        y = TASKS[self.target.task].shape_target(y)
        weight = () if self.weight is None else (self.weight[rows],)
        return (self.x[rows], y, *weight)


def column_notes(columns: list[Column]) -> list[str]:
    """Return what the columns' inference has to tell."""
    return [
        f"column '{c.name}': {c.note}"
        for c in columns
        if c.note and c.note != "as configured"
    ]


def rows_left_out(count: int, config: Config) -> list[str]:
    """Return what to tell of rows without a target."""
    if not count:
        return []
    return [
        f"{count} rows are left out: their target is missing (texts that mean "
        f"missing: data.missing_values = {list(config.data.missing_values)})"
    ]
