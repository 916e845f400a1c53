"""Share of wrong classes, for each member."""

from typing import Any, final

import keras
from keras import ops

from mlpkit.components.metrics.member_mean import MemberMean


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class MemberError(MemberMean):
    """Classification error of each member: the share of rows whose class is wrong.

    The class is the largest of k outputs, the first of equal ones; with k = 1 it is 1
    if p > 0.5, else 0. Outputs that are NaN give NaN, not class 0.

    y ``(rows,)`` or ``(m, rows)``; outputs ``(m, rows, k)``, or ``(rows, k)`` and a
    scalar result without members.

    Args:
        members: m; None: one network.
        from_logits: Whether the outputs are logits: with k = 1 the class is z > 0.
        name: Keras'.
        dtype: Of the computation, "float32" if left.

    Raises:
        ValueError: Shapes that do not fit.

    >>> error = MemberError(members=2)
    >>> error([1, 0], [[[0.9], [0.2]], [[0.1], [0.2]]]).numpy().tolist()
    [0.0, 0.5]

    References: none.
    """

    def __init__(
        self,
        *,
        members: int | None = None,
        from_logits: bool = False,
        name: str | None = "member_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(members=members, name=name, dtype=dtype)
        self.from_logits = from_logits

    def values(self, y_true: Any, y_pred: Any) -> Any:
        """Return 1 for each wrong class, else 0."""
        labels = self.with_row_axes(y_true, y_pred, 1)[..., 0]
        if y_pred.shape[-1] == 1:
            found = y_pred[..., 0] > (0.0 if self.from_logits else 0.5)
        else:
            found = ops.argmax(y_pred, axis=-1)
        wrong = ops.cast(ops.cast(found, labels.dtype) != labels, y_pred.dtype)
        return ops.where(ops.any(ops.isnan(y_pred), axis=-1), float("nan"), wrong)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "from_logits": self.from_logits}
