"""Which rows of one call of ``fit`` choose the epoch instead of training."""

from typing import Any

import numpy as np

from mlpkit.config import Config
from mlpkit.data import Split
from mlpkit.errors import UsageError
from mlpkit.estimators.rows import Rows

_ENOUGH_ROWS = 1000  # fewer are all needed to learn from


def hold_out_rows(config: Config, rows: Rows, hold_out: Any) -> Split:
    """Return the split into training and validation; there is no test part.

    Args:
        config: Its seed and its ``split.validation_fraction``.
        rows: All rows; of each class its share is held out.
        hold_out: True, False, or "auto": from 1,000 rows on.

    Raises:
        UsageError: ``hold_out`` is True, and the fraction of the rows is none.
    """
    count = rows.table.num_rows
    everything = np.arange(count)
    none = np.empty(0, np.int64)
    fraction = config.split.validation_fraction
    if hold_out == "auto":
        hold_out = count >= _ENOUGH_ROWS
    if not hold_out or not fraction:
        return Split(everything, none, none)
    # from each class as many as its share: a class of one row stays with the training
    by_class = rows.target.task not in {"regression", "multilabel"}
    groups = (
        [np.flatnonzero(rows.y == i) for i in range(len(rows.target.classes))]
        if by_class
        else [everything]
    )
    generator = np.random.default_rng([config.seed, 0])
    held = np.concatenate(
        [
            generator.permutation(group)[: round(fraction * len(group))]
            for group in groups
        ]
    )
    if not len(held):
        msg = "early_stopping=True needs rows to hold out: validation_fraction "
        raise UsageError(f"{msg}{fraction:g} of {count} rows are none")
    return Split(np.setdiff1d(everything, held), np.sort(held), none)
