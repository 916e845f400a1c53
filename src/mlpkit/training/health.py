"""Where a training went wrong whose loss is not finite any more."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np


@dataclass(frozen=True)
class Divergence:
    """The first step whose loss was NaN or infinite.

    Attributes:
        epoch: Counted from 0.
        step: Of the epoch, counted from 0.
        where: The first thing that is not finite: an input, a layer, the loss.
    """

    epoch: int
    step: int
    where: str

    def __str__(self) -> str:
        return (
            f"the loss is not finite in epoch {self.epoch + 1}, step {self.step + 1}; "
            f"first in {self.where}. The last good weights are kept. A lower learning "
            "rate or a gradient clip usually helps."
        )


def find_first(model: keras.Model, batch: Any) -> str:
    """Name the first input, weight or layer that is not finite for a batch.

    Args:
        model: With the weights before the step.
        batch: Nested ``(x[, y[, sample_weight]])``.
    """
    x = batch[0]
    for name, value in _named_inputs(x):
        bad = ~np.isfinite(value).reshape(len(value), -1).all(axis=1)
        if bad.any():
            return f"the input {name}, row {int(bad.argmax())} of the batch"
    for weight in model.weights:
        if not _finite(weight):
            return f"the weight '{weight.path}'"
    for layer, output in _outputs(model, x):
        if not all(_finite(o) for o in keras.tree.flatten(output)):
            return f"the output of layer '{layer}'"
    return "the loss"


def _named_inputs(x: Any) -> Iterator[tuple[str, np.ndarray]]:
    for path, value in keras.tree.flatten_with_path(x):
        array = keras.ops.convert_to_numpy(value)
        if array.dtype.kind == "f":
            yield "x" + "".join(f"[{p!r}]" for p in path), array


def _outputs(model: keras.Model, x: Any) -> Iterator[tuple[str, Any]]:
    """Layers and their outputs, in order; only the end where the inside is unknown."""
    layers = [la for la in getattr(model, "layers", []) if _has_output(la)]
    if layers and hasattr(model, "inputs"):
        inside = keras.Model(model.inputs, [layer.output for layer in layers])
        outputs = inside(x, training=True)
        outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
        yield from zip((layer.name for layer in layers), outputs, strict=True)
    else:
        yield model.name, model(x, training=True)


def _has_output(layer: Any) -> bool:
    return len(getattr(layer, "_inbound_nodes", ())) == 1 and not isinstance(
        layer, keras.layers.InputLayer
    )


def _finite(value: Any) -> bool:
    array = keras.ops.convert_to_numpy(value)
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())
