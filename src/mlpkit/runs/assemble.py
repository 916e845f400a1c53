"""Rows whose target, columns and parts are known → what training needs, encoded."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from mlpkit.config import Config
from mlpkit.data import Column, Split, Target
from mlpkit.preprocessing import (
    Encoder,
    TableEncoder,
    TargetScaling,
    fit_statistics,
)
from mlpkit.runs.learned import Learned
from mlpkit.runs.prepared import Prepared


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
    learned: Learned | None = None,
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
        learned: By a run, from the same rows: nothing is learned then.
        notes: What the user should know.

    Raises:
        DataError: See `fit_statistics`.
    """
    rows = split.train if learned_from is None else learned_from
    if learned is None:
        encoder = _fitted_encoder(config, table.take(rows), columns)
        scaling = _fitted_scaling(config, target, y[rows])
    else:
        encoder, scaling = learned.encoder, learned.scaling
    encode = TableEncoder(encoder)
    return Prepared(
        config=config,
        identity="",
        table=table,
        target=target,
        columns=columns,
        split=split,
        encoder=encoder,
        scaling=scaling,
        x=encode(table),
        y=y,
        weight=weight,
        sample_weight=None,
        notes=(*notes, *encoder.statistics.notes),
        encode=encode,
    )


def _fitted_encoder(config: Config, rows: pa.Table, columns: list[Column]) -> Encoder:
    missing_values = config.data.missing_values
    given = (rows, columns, config.preprocessing)
    return Encoder(fit_statistics(*given, missing_values=missing_values))


def _fitted_scaling(
    config: Config, target: Target, y: np.ndarray
) -> TargetScaling | None:
    if target.task != "regression":
        return None
    if config.preprocessing.standardize_target:
        return TargetScaling.fit(y)
    return TargetScaling.identity(len(target.columns))
