"""Losses with smoothed labels, whose smoothing can change without a compilation."""

from typing import Any, ClassVar

import keras
from keras import ops

from mlpkit.components.losses.row_loss import RowLoss


class SmoothedLoss(RowLoss):
    """Abstract loss with a share s of each label spread evenly over all classes.

    s lives in a variable: assigning ``loss.label_smoothing`` (a number, or a tensor
    inside a compiled step) takes effect without tracing again. It is no state of a
    model: a saved one has it in the loss' configuration.

    Args:
        label_smoothing: s, in [0, 1).
        from_logits: Whether the outputs are logits. Not needed for networks that end in
            Keras' softmax or sigmoid, whose logits are found.
        reduction: Keras'.
        name: Keras'.
        dtype: Of the computation.

    Raises:
        ValueError: ``label_smoothing`` out of range.
    """

    #: Attributes that are variables: compiled loops of other models may lend them.
    run_time_values: ClassVar[tuple[str, ...]] = ("label_smoothing",)

    def __init__(
        self,
        *,
        label_smoothing: float,
        from_logits: bool,
        reduction: str | None,
        name: str | None,
        dtype: Any,
    ) -> None:
        super().__init__(reduction=reduction, name=name, dtype=dtype)
        self.from_logits = from_logits
        self._given = self._checked(label_smoothing)
        self._label_smoothing = keras.Variable(
            self._given,
            dtype=self.dtype,
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
            name="label_smoothing",
        )

    @property
    def label_smoothing(self) -> keras.Variable:
        """s, a scalar variable; ``float(loss.label_smoothing)`` is its number."""
        return self._label_smoothing

    @label_smoothing.setter
    def label_smoothing(self, value: Any) -> None:
        if not ops.is_tensor(value):
            value = self._given = self._checked(value)
        self._label_smoothing.assign(value)

    def smoothing(self) -> Any:
        """Return s as a tensor."""
        return ops.convert_to_tensor(self._label_smoothing)

    def _checked(self, value: Any) -> float:
        if not 0 <= value < 1:
            msg = (
                f"{type(self).__name__}: label_smoothing must be in [0, 1), got {value}"
            )
            raise ValueError(msg)
        return float(value)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, the smoothing as it is now."""
        # a sum is a tensor; a variable of several replicas is no array
        now = float(ops.convert_to_numpy(self._label_smoothing + 0.0))
        # the variable rounds: give the number back as it was written
        as_given = abs(now - self._given) <= 1e-7 * self._given
        own = {
            "label_smoothing": self._given if as_given else now,
            "from_logits": self.from_logits,
        }
        return {**super().get_config(), **own}
