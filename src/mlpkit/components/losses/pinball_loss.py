"""The loss whose best answers are quantiles."""

from collections.abc import Sequence
from typing import Any, final

import keras
from keras import ops

from mlpkit.components.losses.row_loss import RowLoss


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class PinballLoss(RowLoss):
    """Pinball loss of several quantiles: mean over them of max(τ e, (τ - 1) e).

    e = y - ŷ_τ; its expectation is smallest where ŷ_τ is the τ-quantile. At e = 0 the
    derivative by ŷ is taken as -τ. Quantiles that do not cross are the business of the
    network's end, `OrderedQuantiles`.

    y ``(rows, targets)`` or ``(m, rows, targets)``, also without the last axis for one
    target; outputs ``(rows, targets · quantiles)`` or ``(m, rows, targets ·
    quantiles)``, all quantiles of the first target first; see `RowLoss` for the mean.

    Args:
        quantiles: Each τ, in (0, 1), ascending.
        reduction: Keras'.
        name: Keras'.
        dtype: Of the computation, "float32" if left.

    Raises:
        ValueError: An argument out of range, or shapes that do not fit.

    >>> loss = PinballLoss([0.1, 0.9])
    >>> round(float(loss([[1.0]], [[0.0, 3.0]])), 4)
    0.15

    References: Koenker & Bassett 1978.
    """

    def __init__(
        self,
        quantiles: Sequence[float],
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "pinball_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction=reduction, name=name, dtype=dtype)
        self.quantiles = [float(q) for q in quantiles]
        inside = all(0 < q < 1 for q in self.quantiles)
        if not inside or not quantiles or self.quantiles != sorted(set(self.quantiles)):
            msg = (
                "PinballLoss: quantiles must be numbers in (0, 1), ascending, "
                f"got {self.quantiles}"
            )
            raise ValueError(msg)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the mean over targets and quantiles, ``(rows,)`` or ``(m, rows)``."""
        targets, rest = divmod(y_pred.shape[-1], len(self.quantiles))
        if rest or not targets:
            msg = (
                f"PinballLoss: outputs must have {len(self.quantiles)} columns, one "
                f"per quantile, for each target, got shape {tuple(y_pred.shape)}"
            )
            raise ValueError(msg)
        y = self.with_row_axes(y_true, y_pred, targets)
        split = (*ops.shape(y_pred)[:-1], targets, len(self.quantiles))
        e = ops.expand_dims(y, -1) - ops.reshape(y_pred, split)
        tau = ops.convert_to_tensor(self.quantiles, dtype=e.dtype)
        return ops.mean(ops.maximum(tau * e, (tau - 1) * e), axis=(-2, -1))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "quantiles": self.quantiles}
