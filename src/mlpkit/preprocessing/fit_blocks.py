"""Everything that is learned from training rows in blocks, in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mlpkit.config import PreprocessingConfig
from mlpkit.data import Column, RowSplit, Survey, TableBlocks, Target
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
    """

    statistics: Statistics
    scaling: TargetScaling | None
    class_counts: np.ndarray


def fit_blocks(
    blocks: TableBlocks,
    survey: Survey,
    split: RowSplit,
    target: Target,
    columns: Sequence[Column],
    config: PreprocessingConfig | None = None,
) -> FittedBlocks:
    """Pass over the training rows whose target is known, and return what they teach.

    Args:
        blocks: All rows.
        survey: Of these blocks.
        split: Its training rows are learned from.
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
    for block in blocks:
        table = split.take(block, "train")
        table = table.filter(pa.array(target.present(table)))
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
    sample = survey.part(split, "train", target)
    return FittedBlocks(fit.result(sample), scaling, counts)
