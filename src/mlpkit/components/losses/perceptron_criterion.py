"""What the perceptron's learning rule descends."""

from typing import Any, final

import keras
from keras import ops

from mlpkit.components.losses.row_loss import RowLoss


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class PerceptronCriterion(RowLoss):
    """Perceptron criterion: max(0, -t z), t = 2y - 1, mean over the units of a row.

    z is the net input w·x + b: what goes into a `Threshold`, Keras' sigmoid or softmax
    at the network's end, which keep it next to their output, or the output itself.

    At z = 0 the unit's answer is 0, wrong for y = 1 only: the derivative is taken as -t
    for y = 1, also at the start from weights of zero, and as 0 for y = 0. With it one
    row and gradient descent are Rosenblatt's rule w ← w + η t x for wrong answers,
    which ends if a plane separates the classes.

    y ``(rows, units)`` or ``(m, rows, units)``, 0 or 1, else the loss is NaN; also
    without the last axis for one unit. Outputs ``(rows, units)`` or ``(m, rows,
    units)``; see `RowLoss` for the mean.

    Args:
        reduction: Keras'.
        name: Keras'.
        dtype: Of the computation, "float32" if left.

    Raises:
        ValueError: Shapes that do not fit.

    >>> loss = PerceptronCriterion(reduction=None)
    >>> loss([1, 1, 0, 0], [[-2.0], [2.0], [-2.0], [2.0]]).numpy().tolist()
    [2.0, 0.0, 0.0, 2.0]

    References: Rosenblatt 1958; Bishop 2006, eq. 4.54.
    """

    def __init__(
        self,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "perceptron_criterion",
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction=reduction, name=name, dtype=dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the mean over units, ``(rows,)`` or ``(m, rows)``."""
        y = self.with_row_axes(y_true, y_pred, y_pred.shape[-1])
        z = getattr(y_pred, "_net_input", getattr(y_pred, "_keras_logits", y_pred))
        # negated comparisons: NaN is wrong in both cases, and stays NaN
        wrong = ops.where(y == 1, ops.logical_not(z > 0), ops.logical_not(z <= 0))
        loss = ops.where(wrong, (1 - 2 * y) * z, 0.0)
        known = ops.logical_or(y == 1, y == 0)
        return ops.mean(ops.where(known, loss, float("nan")), axis=-1)
