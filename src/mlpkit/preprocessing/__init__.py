"""Fitted statistics, and the one graph that encodes rows in training and serving."""

from mlpkit.preprocessing.encode import BLOCK_ROWS, TableEncoder, encode_table
from mlpkit.preprocessing.encoder import Encoder
from mlpkit.preprocessing.fit import StatisticsFit, fit_statistics
from mlpkit.preprocessing.fit_blocks import FittedBlocks, fit_blocks
from mlpkit.preprocessing.raw import MISSING_INTEGER, raw_columns
from mlpkit.preprocessing.row_encoder import RowEncoder
from mlpkit.preprocessing.statistics import (
    BooleanStatistics,
    CategoricalStatistics,
    DatetimeStatistics,
    NumericStatistics,
    Statistics,
)
from mlpkit.preprocessing.stream import RowStream
from mlpkit.preprocessing.target import TargetFit, TargetScaling

__all__ = [
    "BLOCK_ROWS",
    "MISSING_INTEGER",
    "BooleanStatistics",
    "CategoricalStatistics",
    "DatetimeStatistics",
    "Encoder",
    "FittedBlocks",
    "NumericStatistics",
    "RowEncoder",
    "RowStream",
    "Statistics",
    "StatisticsFit",
    "TableEncoder",
    "TargetFit",
    "TargetScaling",
    "encode_table",
    "fit_blocks",
    "fit_statistics",
    "raw_columns",
]
