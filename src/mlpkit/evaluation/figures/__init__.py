"""Figures: each module has one function `figure`, which returns a matplotlib figure.

matplotlib is needed only when one is drawn: ``pip install mlpkit[plot]``.
"""

from mlpkit.evaluation.figures import (
    calibration_curve,
    confusion_matrix,
    importance_bars,
    learning_curves,
    precision_recall,
    predicted_against_true,
    residuals,
    roc,
)

__all__ = [
    "calibration_curve",
    "confusion_matrix",
    "importance_bars",
    "learning_curves",
    "precision_recall",
    "predicted_against_true",
    "residuals",
    "roc",
]
