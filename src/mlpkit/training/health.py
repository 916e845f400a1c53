"""Where a training went wrong whose loss is not finite any more."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf


@dataclass(frozen=True)
class Divergence:
    """The first step whose loss was NaN or infinite.

    Attributes:
        epoch: Counted from 0.
        step: Of the epoch, counted from 0.
        where: The first thing that is not finite: a weight, a layer, the loss.
    """

    epoch: int
    step: int
    where: str

    def __str__(self) -> str:
        return (
            f"the loss is not finite in epoch {self.epoch + 1}, step {self.step + 1}; "
            f"first in {self.where}. The weights from before that step are kept; they "
            "may be far off already: train anew, with a lower learning rate or a "
            "gradient clip."
        )


def find_first(model: keras.Model, batch: Any) -> str:
    """Name the first weight or layer that is not finite for a batch.

    Args:
        model: With the weights before the step.
        batch: Nested ``(x[, y[, sample_weight]])``.
    """
    for weight in model.weights:
        if not is_finite(weight):
            return f"the weight '{weight.path}'"
    # a forward pass counts, in batch normalization and random generators
    kept = [(v, np.asarray(v)) for v in model.non_trainable_variables]
    try:
        outputs = _outputs(model, batch[0])
    finally:
        for variable, value in kept:
            variable.assign(value)
    for layer, output in outputs:
        if not all(is_finite(o) for o in keras.tree.flatten(output)):
            return f"the output of layer '{layer}'"
    return "the loss"


def _outputs(model: keras.Model, x: Any) -> list[tuple[str, Any]]:
    """What each layer gives, in the order in which they end."""
    found: list[tuple[str, Any]] = []

    def listened(layer: keras.layers.Layer) -> Callable[..., Any]:
        call = layer.call

        @functools.wraps(call)
        def recorded(*args: Any, **kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            found.append((layer.name, output))
            return output

        return recorded

    layers = model._flatten_layers(include_self=False)
    layers = [la for la in layers if not isinstance(la, keras.layers.InputLayer)]
    for layer in layers:
        vars(layer)["call"] = listened(layer)
    try:
        model(x, training=True)
    finally:
        for layer in layers:
            del vars(layer)["call"]
    return found


def is_finite(value: Any) -> bool:
    """Tell whether all numbers of a tensor or variable are finite."""
    array = keras.ops.convert_to_numpy(tf.convert_to_tensor(value))
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())
