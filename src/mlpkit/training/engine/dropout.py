"""Keras' own dropout layers, with cheap masks and a rate that is a number."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from mlpkit.components.layers.dropout import drop


class KerasDropout:
    """Takes the place of `keras.layers.Dropout` while a loop is traced.

    XLA's own random numbers cost more on a CPU than a small network, and a rate written
    into the graph would mean to compile again for another one. The layers keep their
    random states; only the masks differ from those of `Model.fit`.

    Args:
        model: Compiled and built.
    """

    def __init__(self, model: keras.Model) -> None:
        self._layers = _layers(model)
        self._rates = [tf.Variable(la.rate, dtype=tf.float32) for la in self._layers]

    def take_rates(self, model: keras.Model) -> None:
        """Drop as much as the layers of this model are told to."""
        for rate, layer in zip(self._rates, _layers(model), strict=True):
            rate.assign(layer.rate)

    @contextmanager
    def in_the_layers(self) -> Iterator[None]:
        """A context in which a loop is traced."""
        for layer, rate in zip(self._layers, self._rates, strict=True):
            vars(layer)["call"] = _call(layer, rate)
        try:
            yield
        finally:
            for layer in self._layers:
                del vars(layer)["call"]


def _layers(model: keras.Model) -> list[Any]:
    """Those that do nothing but drop single elements, 0 < rate < 1."""
    return [
        layer
        for layer in model._flatten_layers()
        if type(layer) is keras.layers.Dropout
        and layer.noise_shape is None
        and 0 < layer.rate < 1
    ]


def _call(layer: Any, rate: tf.Variable) -> Callable[..., Any]:
    def call(inputs: Any, training: bool = False) -> Any:  # noqa: FBT001, FBT002 - Keras'
        if not training:
            return inputs
        seed = layer.seed_generator.next()
        return drop(inputs, tf.convert_to_tensor(rate), seed)

    return call
