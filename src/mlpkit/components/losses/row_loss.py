"""What every loss shares: one number per row, and members that do not mix."""

from typing import Any

import keras
from keras import ops

from mlpkit.components.logits import cast_outputs
from mlpkit.components.row_axes import with_row_axes


class RowLoss(keras.losses.Loss):
    """Abstract loss of outputs ``(rows, units)`` or ``(m, rows, units)``.

    A subclass writes ``call``, which gives one number per row, and per member. The
    reduction is Keras', over members as over rows: with "sum_over_batch_size" members
    train the mean of their losses, never the loss of their mean output.

    Weights are ``(rows,)``, for all members, or ``(m, rows)``.

    Args:
        reduction: Keras'.
        name: Keras'.
        dtype: Of the computation, "float32" if left; outputs of half precision are
            widened together with their logits.
    """

    def __init__(
        self, *, reduction: str | None, name: str | None, dtype: Any = None
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the reduced loss."""
        y_true = ops.convert_to_tensor(y_true, dtype=self.dtype)
        y_pred = cast_outputs(y_pred, self.dtype)
        if sample_weight is not None:
            sample_weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype)
            # for every member: "mean_with_sample_weight" divides by their sum
            weight = self.with_row_axes(sample_weight, y_pred, 1)[..., 0]
            sample_weight = ops.broadcast_to(weight, ops.shape(y_pred)[:-1])
        return super().__call__(y_true, y_pred, sample_weight)

    def with_row_axes(self, values: Any, y_pred: Any, width: int) -> Any:
        """Return targets or weights that broadcast against the outputs."""
        return with_row_axes(values, y_pred, width, type(self).__name__)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "dtype": self.dtype}
