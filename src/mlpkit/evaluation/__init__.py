"""How good the answers are, and why."""

from mlpkit.evaluation.calibration import Temperature, fit_temperature
from mlpkit.evaluation.importance import permutation_importance
from mlpkit.evaluation.metrics import LEADING, evaluate, higher_is_better
from mlpkit.evaluation.quantiles import evaluate_quantiles
from mlpkit.evaluation.reliability import (
    Reliability,
    expected_calibration_error,
    reliability,
)
from mlpkit.evaluation.thresholds import (
    Threshold,
    choose_threshold,
    choose_thresholds,
)

__all__ = [
    "LEADING",
    "Reliability",
    "Temperature",
    "Threshold",
    "choose_threshold",
    "choose_thresholds",
    "evaluate",
    "evaluate_quantiles",
    "expected_calibration_error",
    "fit_temperature",
    "higher_is_better",
    "permutation_importance",
    "reliability",
]
