"""What the metrics of members share: means per member, all rows of an epoch."""

from typing import Any

import keras
from keras import ops

from mlpkit.components.logits import cast_outputs
from mlpkit.components.row_axes import with_row_axes


class MemberMean(keras.metrics.Metric):
    """Abstract weighted mean over rows, ``(m,)``, or a scalar without members.

    A subclass writes ``values``, one number per row and member. Smaller is better.

    Weights are ``(rows,)``, for all members, or ``(m, rows)``.

    Args:
        members: m of the outputs ``(m, rows, k)``; None: outputs are ``(rows, k)``.
        name: Keras'.
        dtype: Of the computation, "float32" if left.

    Raises:
        ValueError: ``members`` < 1, or outputs of other members.
    """

    def __init__(
        self, *, members: int | None, name: str | None, dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if members is not None and members < 1:
            msg = f"{type(self).__name__}: members must be None or >= 1, got {members}"
            raise ValueError(msg)
        self.members = members
        self._direction = "down"
        shape = () if members is None else (members,)
        self._total = self.add_variable(shape, "zeros", self.dtype, name="total")
        self._weight = self.add_variable(shape, "zeros", self.dtype, name="weight")

    def values(self, y_true: Any, y_pred: Any) -> Any:
        """Return what is averaged, ``(rows,)`` or ``(m, rows)``."""
        raise NotImplementedError

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add rows.

        Args:
            y_true: ``(rows, …)``, the same for all members, or ``(m, rows, …)``.
            y_pred: Outputs, ``(m, rows, k)``, or ``(rows, k)`` without members.
            sample_weight: ``(rows,)`` or ``(m, rows)``; 1 if left.
        """
        y_pred = cast_outputs(y_pred, self.dtype)
        lead = tuple(y_pred.shape[:-2])
        if lead != (() if self.members is None else (self.members,)):
            wanted = "rows, k" if self.members is None else f"{self.members}, rows, k"
            msg = (
                f"{type(self).__name__}: outputs must be ({wanted}) with members="
                f"{self.members}, got shape {tuple(y_pred.shape)}"
            )
            raise ValueError(msg)
        values = self.values(ops.convert_to_tensor(y_true, self.dtype), y_pred)
        weight = ops.ones_like(values)
        if sample_weight is not None:
            given = ops.convert_to_tensor(sample_weight, self.dtype)
            weight = weight * self.with_row_axes(given, y_pred, 1)[..., 0]
        self._total.assign_add(ops.sum(weight * values, axis=-1))
        self._weight.assign_add(ops.sum(weight, axis=-1))

    def with_row_axes(self, values: Any, y_pred: Any, width: int) -> Any:
        """Return targets or weights that broadcast against the outputs."""
        return with_row_axes(values, y_pred, width, type(self).__name__)

    def result(self) -> Any:
        """Return the means, ``(m,)`` or a scalar; 0 before any row, as Keras' own."""
        return ops.divide_no_nan(
            ops.convert_to_tensor(self._total), ops.convert_to_tensor(self._weight)
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "members": self.members}
