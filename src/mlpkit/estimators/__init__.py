"""Networks as scikit-learn estimators."""

from mlpkit.estimators.classifier import MLPClassifier
from mlpkit.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
