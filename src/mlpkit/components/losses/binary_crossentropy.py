"""Cross-entropy of yes/no labels."""

from typing import Any, final

import keras

from mlpkit.components.cross_entropy import binary_cross_entropy
from mlpkit.components.logits import logits_of
from mlpkit.components.losses.smoothed_loss import SmoothedLoss


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class BinaryCrossentropy(SmoothedLoss):
    """Cross-entropy of a sigmoid, mean over the labels of a row, smoothed.

    ::

        L = mean_l -t_l log p_l - (1 - t_l) log(1 - p_l),  t = (1 - s) y + s/2

    p = sigmoid(z), s = ``label_smoothing``. Computed from the logits z as log(1 +
    exp(z)) - t z without overflow; Keras' sigmoid keeps them next to its output, also
    in half precision.

    y ``(rows, labels)`` or ``(m, rows, labels)``, also without the last axis for one
    label; outputs ``(rows, labels)`` or ``(m, rows, labels)``; see `RowLoss` for the
    mean.

    Args:
        label_smoothing: s, in [0, 1); `SmoothedLoss` tells how to change it.
        from_logits: Whether the outputs are z, without a sigmoid.
        reduction: Keras'.
        name: Keras'.
        dtype: Of the computation, "float32" if left.

    Raises:
        ValueError: ``label_smoothing`` out of range, shapes that do not fit, or
            ``from_logits`` with the outputs of a sigmoid.

    >>> loss = BinaryCrossentropy(label_smoothing=0.5)
    >>> round(float(loss([1.0], [[0.8]])), 4)
    0.5697

    References: Szegedy et al. 2016, section 7, with two classes.
    """

    def __init__(
        self,
        *,
        label_smoothing: float = 0.0,
        from_logits: bool = False,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            label_smoothing=label_smoothing,
            from_logits=from_logits,
            reduction=reduction,
            name=name,
            dtype=dtype,
        )

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return L, ``(rows,)`` or ``(m, rows)``."""
        targets = self.with_row_axes(y_true, y_pred, y_pred.shape[-1])
        logits = logits_of(
            y_pred, type(self).__name__, binary=True, from_logits=self.from_logits
        )
        return binary_cross_entropy(targets, logits, self.smoothing())
