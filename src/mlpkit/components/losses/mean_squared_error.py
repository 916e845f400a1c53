"""Squared error."""

from typing import Any, final

import keras
from keras import ops

from mlpkit.components.losses.row_loss import RowLoss


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class MeanSquaredError(RowLoss):
    """Squared error, mean over the targets of a row: mean_t (y_t - ŷ_t)².

    Keras' own for networks side by side: that one takes the last axis off outputs ``(m,
    rows, 1)`` and then subtracts rows from members.

    y ``(rows, targets)`` or ``(m, rows, targets)``, also without the last axis for one
    target; outputs ``(rows, targets)`` or ``(m, rows, targets)``; see `RowLoss` for the
    mean.

    Args:
        reduction: Keras'.
        name: Keras'.
        dtype: Of the computation, "float32" if left.

    Raises:
        ValueError: Shapes that do not fit.

    >>> loss = MeanSquaredError()
    >>> float(loss([1.0, 2.0], [[[1.0], [2.0]], [[2.0], [4.0]]]))
    1.25

    References: none.
    """

    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction=reduction, name=name, dtype=dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the mean over targets, ``(rows,)`` or ``(m, rows)``."""
        y = self.with_row_axes(y_true, y_pred, y_pred.shape[-1])
        return ops.mean(ops.square(y - y_pred), axis=-1)
