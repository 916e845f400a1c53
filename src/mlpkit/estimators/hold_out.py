"""Which rows of one call of ``fit`` choose the epoch instead of training."""

from typing import Any

import numpy as np

from mlpkit.config import Config
from mlpkit.data import Split
from mlpkit.errors import UsageError
from mlpkit.estimators.rows import Rows

_ENOUGH_ROWS = 100  # fewer are all needed to learn from


def holds_out(config: Config, rows: Rows, hold_out: Any) -> bool:
    """Tell whether rows are held out.

    Args:
        config: Its ``split.validation_fraction``.
        rows: As given: those of weight 0 do not count, others count once.
        hold_out: True, False, or "auto": from 100 rows on, where a class has so many
            that its share is one.
    """
    fraction = config.split.validation_fraction
    if hold_out == "auto":
        weight = rows.sample_weight
        there = np.ones(len(rows.y)) if weight is None else weight
        counts = [np.count_nonzero(there[group]) for group in _groups(rows)]
        shares = (round(fraction * count) for count in counts)
        hold_out = np.count_nonzero(there) >= _ENOUGH_ROWS and any(shares)
    return bool(hold_out and fraction)


def check_patience(config: Config, split: Split) -> None:
    """Raise a `UsageError` for a patience that no held-out row could end."""
    training = config.training
    asked = "patience" in training.model_fields_set and training.patience is not None
    if asked and not len(split.validation) and config.ensemble.name != "folds":
        msg = "training.patience waits for rows that are held out, got none of "
        hint = "set early_stopping=True, or n_iter_no_change for the training loss"
        raise UsageError(f"{msg}{len(split.train)}; {hint}")


def hold_out_rows(config: Config, rows: Rows, *, hold_out: bool) -> Split:
    """Return the split into training and validation; there is no test part.

    Args:
        config: Its seed and its ``split.validation_fraction``.
        rows: All rows; of each class its share is held out.
        hold_out: From `holds_out`.

    Raises:
        UsageError: The fraction of the rows is none.
    """
    count = rows.table.num_rows
    everything = np.arange(count)
    none = np.empty(0, np.int64)
    fraction = config.split.validation_fraction
    if not hold_out:
        return Split(everything, none, none)
    groups = _groups(rows)
    generator = np.random.default_rng([config.seed, 0])
    held = np.concatenate(
        [
            generator.permutation(group)[: round(fraction * len(group))]
            for group in groups
        ]
    )
    if not len(held):
        most = max(len(group) for group in groups)
        alike = f"{most} row(s) of a class" if len(groups) > 1 else f"{count} rows"
        msg = "early_stopping=True needs rows to hold out: validation_fraction "
        raise UsageError(f"{msg}{fraction:g} of {alike} are none")
    return Split(np.setdiff1d(everything, held), np.sort(held), none)


def _groups(rows: Rows) -> list[np.ndarray]:
    """The rows of each class, or all: a class of one row stays with the training."""
    if rows.target.task in {"regression", "multilabel"}:
        return [np.arange(len(rows.y))]
    return [np.flatnonzero(rows.y == i) for i in range(len(rows.target.classes))]
