"""Root mean squared error, for each member."""

from typing import Any, final

import keras
from keras import ops

from mlpkit.components.metrics.member_mean import MemberMean


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class MemberRootMeanSquaredError(MemberMean):
    """Root mean squared error of each member: √ mean (y - ŷ)², over rows and targets.

    y ``(rows, targets)`` or ``(m, rows, targets)``, also without the last axis for one
    target; outputs ``(m, rows, targets)``, or ``(rows, targets)`` and a scalar result
    without members.

    Args:
        members: m; None: one network.
        name: Keras'.
        dtype: Of the computation, "float32" if left.

    Raises:
        ValueError: Shapes that do not fit.

    >>> rmse = MemberRootMeanSquaredError(members=2)
    >>> rmse([1.0, 2.0], [[[1.0], [2.0]], [[4.0], [5.0]]]).numpy().tolist()
    [0.0, 3.0]

    References: none.
    """

    def __init__(
        self,
        *,
        members: int | None = None,
        name: str | None = "member_root_mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(members=members, name=name, dtype=dtype)

    def values(self, y_true: Any, y_pred: Any) -> Any:
        """Return the mean over targets of (y - ŷ)²."""
        y = self.with_row_axes(y_true, y_pred, y_pred.shape[-1])
        return ops.mean(ops.square(y - y_pred), axis=-1)

    def result(self) -> Any:
        """Return the roots, ``(m,)`` or a scalar."""
        return ops.sqrt(super().result())
