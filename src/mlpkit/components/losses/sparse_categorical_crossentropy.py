"""Cross-entropy of one class per row."""

from typing import Any, final

import keras

from mlpkit.components.cross_entropy import sparse_cross_entropy
from mlpkit.components.logits import logits_of
from mlpkit.components.losses.smoothed_loss import SmoothedLoss


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class SparseCategoricalCrossentropy(SmoothedLoss):
    """Cross-entropy of a softmax, with whole numbers as labels, smoothed.

    ::

        L = -(1 - s) log p_y - s/k Σ_j log p_j

    p = softmax(z) over k classes, s = ``label_smoothing``: the label y becomes 1 - s +
    s/k, every other class s/k. Computed from the logits z; Keras' softmax keeps them
    next to its output, also in half precision.

    y ``(rows,)`` or ``(m, rows)``, outputs ``(rows, k)`` or ``(m, rows, k)``; see
    `RowLoss` for the mean. A label that is no class gives NaN (Keras' own fails on CPUs
    and is NaN on GPUs).

    Args:
        label_smoothing: s, in [0, 1); `SmoothedLoss` tells how to change it.
        from_logits: Whether the outputs are z, without a softmax.
        reduction: Keras'.
        name: Keras'.
        dtype: Of the computation, "float32" if left.

    Raises:
        ValueError: ``label_smoothing`` out of range, shapes that do not fit, or
            ``from_logits`` with the outputs of a softmax.

    >>> loss = SparseCategoricalCrossentropy(label_smoothing=0.5)
    >>> round(float(loss([0], [[0.8, 0.2]])), 4)
    0.5697

    References: Szegedy et al. 2016, section 7. Keras' own has no smoothing.
    """

    def __init__(
        self,
        *,
        label_smoothing: float = 0.0,
        from_logits: bool = False,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "sparse_categorical_crossentropy",
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
        labels = self.with_row_axes(y_true, y_pred, 1)
        logits = logits_of(
            y_pred, type(self).__name__, binary=False, from_logits=self.from_logits
        )
        return sparse_cross_entropy(labels, logits, self.smoothing())
