"""Cross-entropy, for each member."""

from typing import Any, final

import keras

from mlpkit.components.cross_entropy import binary_cross_entropy, sparse_cross_entropy
from mlpkit.components.logits import logits_of
from mlpkit.components.metrics.member_mean import MemberMean


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class MemberLogLoss(MemberMean):
    """Log-loss of each member: the mean of -log p_y, without label smoothing.

    p = softmax(z) of k outputs, or with k = 1 p_1 = sigmoid(z) and p_0 = 1 - p_1.
    Computed from the logits z, which Keras' softmax and sigmoid keep.

    y ``(rows,)`` or ``(m, rows)``; outputs ``(m, rows, k)``, or ``(rows, k)`` and a
    scalar result without members. A label that is no class gives NaN for k > 1.

    Args:
        members: m; None: one network.
        from_logits: Whether the outputs are z.
        name: Keras'.
        dtype: Of the computation, "float32" if left.

    Raises:
        ValueError: Shapes that do not fit, or ``from_logits`` with the outputs of a
            softmax or sigmoid.

    >>> log_loss = MemberLogLoss(members=2)
    >>> log_loss([1], [[[0.1, 0.9]], [[0.5, 0.5]]]).numpy().round(4)
    array([0.1054, 0.6931], dtype=float32)

    References: none.
    """

    def __init__(
        self,
        *,
        members: int | None = None,
        from_logits: bool = False,
        name: str | None = "member_log_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(members=members, name=name, dtype=dtype)
        self.from_logits = from_logits

    def values(self, y_true: Any, y_pred: Any) -> Any:
        """Return -log p_y of each row."""
        labels = self.with_row_axes(y_true, y_pred, 1)
        binary = y_pred.shape[-1] == 1
        logits = logits_of(
            y_pred, type(self).__name__, binary=binary, from_logits=self.from_logits
        )
        cross_entropy = binary_cross_entropy if binary else sparse_cross_entropy
        return cross_entropy(labels, logits)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "from_logits": self.from_logits}
