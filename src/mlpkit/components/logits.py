"""Logits of outputs, which Keras keeps next to its own softmax and sigmoid."""

from typing import Any

import keras
from keras import ops

_KEPT = ("_keras_logits", "_keras_mask", "_net_input")


def cast_outputs(outputs: Any, dtype: str) -> Any:
    """Return outputs of that type, with what is kept next to them.

    A plain cast forgets the logits: a loss of half-precision probabilities would be
    computed from what the rounding left of them.
    """
    outputs = ops.convert_to_tensor(outputs)
    if keras.backend.standardize_dtype(outputs.dtype) == dtype:
        return outputs
    wide = ops.cast(outputs, dtype)
    for name in _KEPT:
        kept = getattr(outputs, name, None)
        if kept is not None:
            setattr(
                wide, name, kept if name == "_keras_mask" else ops.cast(kept, dtype)
            )
    return wide


def logits_of(outputs: Any, owner: str, *, binary: bool, from_logits: bool) -> Any:
    """Return z with p = sigmoid(z) for binary outputs p, else p = softmax(z).

    Where nothing is kept, as with outputs that are no activations of Keras' or on its
    JAX backend, they are the logarithms of the probabilities, clipped as Keras does.

    Args:
        outputs: Probabilities, or logits where ``from_logits``.
        owner: Named in the error.
        binary: Whether each output is a probability of its own.
        from_logits: Whether the outputs are logits.

    Raises:
        ValueError: ``from_logits``, and the outputs are those of an activation.

    >>> p = ops.convert_to_tensor([[0.5, 0.5]])
    >>> logits_of(p, "Loss", binary=True, from_logits=False).numpy().tolist()
    [[0.0, 0.0]]
    """
    kept = getattr(outputs, "_keras_logits", None)
    if from_logits and kept is not None:
        msg = (
            f"{owner}: from_logits=True needs outputs without activation, got those of "
            "a softmax or sigmoid; leave from_logits away"
        )
        raise ValueError(msg)
    if from_logits:
        return outputs
    if kept is not None:
        return kept
    epsilon = keras.config.epsilon()
    p = ops.clip(outputs, epsilon, 1 - epsilon)
    return ops.log(p) - ops.log1p(-p) if binary else ops.log(p)
