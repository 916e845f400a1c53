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
    encode = TableEncoder(encoder)
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
        x=encode(table),
        y=y,
        weight=weight,
        sample_weight=None,
        notes=(*notes, *statistics.notes),
        encode=encode,
    )
