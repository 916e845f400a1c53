"""Metrics of each member of an ensemble, and the table of their names."""

import keras

from mlpkit.components.metrics.member_error import MemberError
from mlpkit.components.metrics.member_log_loss import MemberLogLoss
from mlpkit.components.metrics.member_root_mean_squared_error import (
    MemberRootMeanSquaredError,
)

__all__ = [
    "METRICS",
    "MemberError",
    "MemberLogLoss",
    "MemberRootMeanSquaredError",
]

METRICS: dict[str, type[keras.metrics.Metric]] = {
    "member_error": MemberError,
    "member_log_loss": MemberLogLoss,
    "member_root_mean_squared_error": MemberRootMeanSquaredError,
}
