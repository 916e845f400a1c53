"""Fitted statistics, and the one graph that encodes rows in training and serving."""

from mlpkit.preprocessing.encoder import Encoder, encode_table
from mlpkit.preprocessing.fit import fit_statistics
from mlpkit.preprocessing.raw import MISSING_INTEGER, raw_columns
from mlpkit.preprocessing.statistics import (
    BooleanStatistics,
    CategoricalStatistics,
    DatetimeStatistics,
    NumericStatistics,
    Statistics,
)
from mlpkit.preprocessing.target import TargetScaling

__all__ = [
    "MISSING_INTEGER",
    "BooleanStatistics",
    "CategoricalStatistics",
    "DatetimeStatistics",
    "Encoder",
    "NumericStatistics",
    "Statistics",
    "TargetScaling",
    "encode_table",
    "fit_statistics",
    "raw_columns",
]
