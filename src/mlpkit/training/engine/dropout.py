"""Dropout in a compiled loop: cheap masks, and rates that are numbers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from mlpkit.components.layers import Dropout
from mlpkit.components.layers.dropout import drop
from mlpkit.components.noise import Noise
from mlpkit.training.engine.numbers import StepNumbers


class RunTimeDropout:
    """Takes the place of dropout layers while a loop is traced.

    The rates of `keras.layers.Dropout` are written into a graph, and XLA's own random
    numbers cost more on a CPU than a small network. Here both kinds of layers draw the
    masks of `mlpkit.layers.Dropout`, with a rate that is read at each step, times the
    factor of a schedule. On one device the random state of the layer that is called
    first serves all that are in the same graph: their masks follow one another, as a
    key for each makes the graph larger. The others' states stand still.

    Args:
        model: Compiled and built.
        numbers: Of each step.
    """

    def __init__(self, model: keras.Model, numbers: StepNumbers) -> None:
        self._numbers = numbers
        self._layers = _layers(model)
        self._alone = model.distribute_strategy.num_replicas_in_sync == 1
        self._noise: tuple[Any, Noise] | None = None  # and the graph that it is in
        # which no gradient is asked for
        self._rates = [
            tf.Variable(_rate(la), trainable=False, dtype=tf.float32)
            for la in self._layers
        ]

    def take_rates(self, model: keras.Model) -> None:
        """Drop as much as the layers of this model are told to."""
        for rate, layer in zip(self._rates, _layers(model), strict=True):
            rate.assign(_rate(layer))

    @contextmanager
    def in_the_layers(self) -> Iterator[None]:
        """A context in which a loop is traced."""
        for layer, rate in zip(self._layers, self._rates, strict=True):
            vars(layer)["call"] = self._call(layer, rate)
        try:
            yield
        finally:
            self._noise = None
            for layer in self._layers:
                del vars(layer)["call"]

    def _call(self, layer: Any, rate: tf.Variable) -> Callable[..., Any]:
        def call(inputs: Any, training: bool = False) -> Any:  # noqa: FBT001, FBT002
            if not training:
                return inputs
            factor = tf.cast(self._numbers.now("dropout", 1.0), tf.float32)
            return drop(inputs, rate * factor, self._noise_of(layer))

        return call

    def _noise_of(self, layer: Any) -> Noise:
        graph = tf.compat.v1.get_default_graph()
        if self._noise is None or self._noise[0] is not graph or not self._alone:
            self._noise = graph, Noise(layer.seed_generator.next())
        return self._noise[1]


def _layers(model: keras.Model) -> list[Any]:
    """Those that do nothing but drop single elements."""
    return [
        layer
        for layer in model._flatten_layers()
        if type(layer) is Dropout
        or (
            type(layer) is keras.layers.Dropout
            and layer.noise_shape is None
            and 0 < layer.rate < 1
        )
    ]


def _rate(layer: Any) -> float:
    return float(tf.convert_to_tensor(layer.rate))
