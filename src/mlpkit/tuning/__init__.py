"""Hyperparameter search with KerasTuner's oracles."""

from mlpkit.tuning.search import SearchResult, tune
from mlpkit.tuning.tuner import Tuner

__all__ = ["SearchResult", "Tuner", "tune"]
