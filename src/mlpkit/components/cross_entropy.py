"""Cross-entropy of logits, per row; the losses and the metrics have it in common."""

from typing import Any

from keras import ops


def sparse_cross_entropy(labels: Any, logits: Any, smoothing: Any = None) -> Any:
    """Return -(1 - s) log p_y - s/k Σ_j log p_j with p = softmax(z), ``(..., rows)``.

    A label that is no class, e.g. -1 or k, gives NaN, on every device.

    Args:
        labels: y, ``(..., rows, 1)``, whole numbers in [0, k).
        logits: z, ``(..., rows, k)``.
        smoothing: s, scalar; None: 0.

    >>> z = ops.zeros((1, 4))
    >>> sparse_cross_entropy(ops.ones((1, 1)), z).numpy().round(4)
    array([1.3863], dtype=float32)
    """
    log_p = ops.log_softmax(logits, axis=-1)
    # a mask and a sum: XLA makes one pass of it, and its gradient needs no scatter
    is_label = ops.equal(labels, ops.arange(logits.shape[-1], dtype=labels.dtype))
    of_label = ops.sum(ops.where(is_label, log_p, 0.0), axis=-1)
    of_label = ops.where(ops.any(is_label, axis=-1), of_label, float("nan"))
    if smoothing is None:
        return -of_label
    return -(1 - smoothing) * of_label - smoothing * ops.mean(log_p, axis=-1)


def binary_cross_entropy(targets: Any, logits: Any, smoothing: Any = None) -> Any:
    """Return the mean over labels of log(1 + exp(z)) - t z, ``(..., rows)``.

    t = (1 - s) y + s/2.

    Args:
        targets: y, ``(..., rows, labels)``, in [0, 1].
        logits: z, ``(..., rows, labels)``.
        smoothing: s, scalar; None: 0.

    >>> z = ops.zeros((1, 2))
    >>> binary_cross_entropy(ops.ones((1, 2)), z).numpy().round(4)
    array([0.6931], dtype=float32)
    """
    if smoothing is not None:
        targets = (1 - smoothing) * targets + smoothing / 2
    targets = ops.broadcast_to(targets, ops.shape(logits))
    each = ops.binary_crossentropy(targets, logits, from_logits=True)
    return ops.mean(each, axis=-1)
