"""Rows whose target, columns and parts are known → what training needs, encoded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mlpkit.config import Config
from mlpkit.data import Column, Split, Target
from mlpkit.factory import TASKS
from mlpkit.preprocessing import Encoder, TargetScaling, encode_table, fit_statistics


@dataclass(frozen=True)
class Prepared:
    """A job's data, ready for the network.

    Attributes:
        config: The job.
        identity: 8 hex digits of the job and its rows; empty where no run is kept.
        table: All rows with a known target.
        target: Columns, task, classes.
        columns: Kind of every feature column.
        split: Rows of train, validation, test.
        encoder: Fitted on the training rows.
        scaling: Of a regression's target.
        x: Encoded matrix, float32 ``(rows, features)``.
        y: Target as `Target.encode` gives it, in the table's units.
        weight: Weight of each row in training, class weights included, or None.
        sample_weight: Weight of each row in metrics, or None.
        notes: What the user should know.
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

    def batch(self, rows: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return x, y (as the loss takes it) and weights, if any, of some rows."""
        y = self.y[rows] if self.scaling is None else self.scaling.scale(self.y[rows])
        y = TASKS[self.target.task].shape_target(y)
        weight = () if self.weight is None else (self.weight[rows],)
        return (self.x[rows], y, *weight)


def assemble(
    config: Config,
    table: pa.Table,
    target: Target,
    columns: list[Column],
    split: Split,
    y: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    learned_from: np.ndarray | None = None,
    notes: Sequence[str] = (),
) -> Prepared:
    """Learn the statistics of the training rows and encode all rows.

    Args:
        config: The job.
        table: Rows with a known target.
        target: Columns, task, classes.
        columns: Kind of every feature column.
        split: Rows of train, validation, test.
        y: Target as `Target.encode` gives it.
        weight: Weight of each row in training.
        learned_from: Rows of the statistics; a row may come several times. Those of
            the training part if left.
        notes: What the user should know.

    Raises:
        DataError: See `fit_statistics`.
    """
    rows = split.train if learned_from is None else learned_from
    statistics = fit_statistics(
        table.take(rows),
        columns,
        config.preprocessing,
        missing_values=config.data.missing_values,
    )
    encoder = Encoder(statistics)
    scaling = None
    if target.task == "regression":
        scaling = TargetScaling.identity(len(target.columns))
        if config.preprocessing.standardize_target:
            scaling = TargetScaling.fit(y[rows])
    return Prepared(
        config=config,
        identity="",
        table=table,
        target=target,
        columns=columns,
        split=split,
        encoder=encoder,
        scaling=scaling,
        x=encode_table(encoder, table),
        y=y,
        weight=weight,
        sample_weight=None,
        notes=(*notes, *statistics.notes),
    )
