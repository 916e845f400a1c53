"""Members → one plain network that gives their mean answer."""

from typing import Any

import keras

from mlpkit.components.layers import Dropout, MemberAverage, MemberGradient
from mlpkit.errors import UsageError

TRAINING_ONLY = (Dropout, keras.layers.Dropout, MemberGradient)
_AVERAGED = ("linear", "sigmoid", "softmax")


def averaged(model: keras.Model) -> keras.Model:
    """Return a network ``(rows, features) → (rows, units)`` that averages members.

    Classes get the mean of the members' probabilities, numbers the mean of the values.
    The weights are copies; layers that act in training only are left out. The logits of
    the mean are the layer before the last, as in a single network.

    Args:
        model: Of `build_model` with ``members`` or ``tabm``, or another chain of layers
            whose output is ``(m, rows, units)``.

    Raises:
        UsageError: The model is no chain of layers, or its output has no members.

    >>> from mlpkit.factory.build import build_model
    >>> members = build_model("multiclass", num_features=4, num_outputs=3, members=5)
    >>> members.output_shape, averaged(members).output_shape
    ((5, None, 3), (None, 3))
    """
    if len(model.output_shape) != 3:
        msg = "averaged: the model must give (members, rows, units), it gives"
        raise UsageError(f"{msg} {model.output_shape}")
    layers = [m for m in chain(model) if not isinstance(m, TRAINING_ONLY)]
    activation = _activation(layers[-1])
    if activation is not None:
        layers.pop()
    inputs = keras.Input(model.input_shape[-1:], name="features", dtype="float32")
    x = inputs
    for layer in layers:
        x = copied(layer, x)
    x = MemberAverage(activation or "linear", dtype="float32", name="average")(x)
    if activation is not None:
        x = keras.layers.Activation(activation, dtype="float32", name="output")(x)
    return keras.Model(inputs, x, name=model.name)


def _activation(last: keras.layers.Layer) -> str | None:
    """Of the output, where it is one whose logits can be averaged."""
    if not isinstance(last, keras.layers.Activation):
        return None
    name = last.activation.__name__
    return name if name in _AVERAGED else None


def chain(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers after the input, each of which takes the output of the last.

    Raises:
        UsageError: The model branches, or has another model in it.
    """
    layers = [m for m in model.layers if not isinstance(m, keras.layers.InputLayer)]
    before: Any = model.inputs[0] if len(model.inputs) == 1 else None
    for layer in layers:
        if isinstance(layer, keras.Model) or layer.input is not before:
            msg = "the model must be a chain of layers, this one branches at"
            raise UsageError(f"{msg} '{layer.name}'")
        before = layer.output
    if before is not model.outputs[0]:
        msg = "the model must be a chain of layers, and its output that of the last one"
        raise UsageError(msg)
    return layers


def copied(layer: keras.layers.Layer, x: keras.KerasTensor) -> keras.KerasTensor:
    """Return the output of a copy of the layer, with its weights, for another input."""
    twin = type(layer).from_config(layer.get_config())
    output = twin(x)
    twin.set_weights(layer.get_weights())
    return output
