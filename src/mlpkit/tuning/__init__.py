"""Hyperparameter search: KerasTuner's way, with trials that share compiled loops."""

from mlpkit.tuning.journal import read as read_records
from mlpkit.tuning.oracles import (
    BayesianOracle,
    GridOracle,
    HyperbandOracle,
    RandomOracle,
)
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.search import SearchResult, replay, tune
from mlpkit.tuning.stoppers import Asha, Median
from mlpkit.tuning.tuner import Tuner

__all__ = [
    "Asha",
    "BayesianOracle",
    "GridOracle",
    "HyperbandOracle",
    "Median",
    "RandomOracle",
    "SearchResult",
    "TrialRecord",
    "Tuner",
    "read_records",
    "replay",
    "tune",
]
