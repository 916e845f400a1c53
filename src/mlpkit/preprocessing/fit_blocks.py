"""Everything that is learned from training rows in blocks, in one pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mlpkit.config import PreprocessingConfig
from mlpkit.data import Column, RowSplit, Survey, TableBlocks, Target
from mlpkit.data.split import PARTS
from mlpkit.preprocessing.fit import StatisticsFit
from mlpkit.preprocessing.statistics import Statistics
from mlpkit.preprocessing.target import TargetFit, TargetScaling


@dataclass(frozen=True)
class FittedBlocks:
    """What the training rows taught.

    Attributes:
        statistics: Of the features.
        scaling: Of a regression's target, else None.
        class_counts: Rows of each class; empty without classes of a row's own.
        rows: How many there are.
        held: The other rows whose target is known, all columns, by part: "validation"
            and "test".
        without_target: Rows of all parts that were left out.
    """

    statistics: Statistics
    scaling: TargetScaling | None
    class_counts: np.ndarray
    rows: int
    held: Mapping[str, pa.Table]
    without_target: int


def fit_blocks(
    blocks: TableBlocks,
    survey: Survey,
    split: RowSplit,
    target: Target,
    columns: Sequence[Column],
    config: PreprocessingConfig | None = None,
) -> FittedBlocks:
    """Pass over the rows whose target is known; learn from those for training.

    Args:
        blocks: All rows.
        survey: Of these blocks.
        split: Its training rows are learned from, the others collected.
        target: From `Survey.target`.
        columns: From `Survey.columns`.
        config: Limits of vocabularies; whether the target is standardised.

    Raises:
        DataError: A value does not fit its column's kind, or a target its classes.
    """
    config = config or PreprocessingConfig()
    fit = StatisticsFit(columns, config, missing_values=blocks.missing_values)
    targets = TargetFit()
    is_regression = target.task == "regression"
    by_class = not is_regression and target.task != "multilabel"
    counts = np.zeros(len(target.classes) if by_class else 0, np.int64)
    held: dict[str, list[pa.Table]] = {part: [] for part in PARTS[1:]}
    rows = without_target = 0
    for block in blocks:
        known = target.present(block.table)
        without_target += int((~known).sum())
        for part, tables in held.items():
            tables.append(_known(split.take(block, part), target))
        table = _known(split.take(block, "train"), target)
        rows += table.num_rows
        fit.add(table)
        y = target.encode(table)
        if is_regression:
            targets.add(y)
        elif by_class:
            counts += np.bincount(y, minlength=len(counts))
    scaling = None
    if is_regression:
        scaling = TargetScaling.identity(len(target.columns))
        if config.standardize_target:
            scaling = targets.result()
    return FittedBlocks(
        fit.result(survey.part(split, "train", target)),
        scaling,
        counts,
        rows,
        {part: pa.concat_tables(tables) for part, tables in held.items()},
        without_target,
    )


def _known(table: pa.Table, target: Target) -> pa.Table:
    known = target.present(table)
    return table if known.all() else table.filter(pa.array(known))
