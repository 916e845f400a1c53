"""The hidden part: [embedding] → (dense → [norm] → activation → [dropout])*."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.components.layers import CategoryEmbedding
from mlpkit.config import ModelConfig
from mlpkit.factory.resolve import build_activation, build_initializer

_WIDEST_EMBEDDING = 32


def embedding_width(cardinality: int) -> int:
    """Return min(32, round(1.6 n^0.56)), fastai's rule with a lower bound on top.

    >>> [embedding_width(n) for n in (4, 20, 100, 10_000)]
    [3, 9, 21, 32]
    """
    return min(_WIDEST_EMBEDDING, max(1, round(1.6 * cardinality**0.56)))


def seeds(seed: int | None) -> Iterator[int]:
    """Yield seeds for the layers, the same ones for the same seed."""
    sequence = np.random.SeedSequence(seed)
    while True:
        yield int(sequence.spawn(1)[0].generate_state(1)[0] >> 1)


def apply_trunk(
    x: keras.KerasTensor,
    config: ModelConfig,
    *,
    cardinalities: Sequence[int],
    dtype: Any,
    layer_seeds: Iterator[int],
) -> keras.KerasTensor:
    """Return the last hidden layer's output, shape ``(rows, units)``.

    Args:
        x: Encoded matrix, ``(rows, features)``.
        config: Depth, width, activation, initializer, batch norm, dropout.
        cardinalities: Slots of the embedded columns, the last columns of ``x``.
        dtype: Keras dtype policy or its name.
        layer_seeds: From `seeds`.
    """
    if cardinalities:
        x = CategoryEmbedding(
            tuple(cardinalities),
            tuple(embedding_width(n) for n in cardinalities),
            seed=next(layer_seeds),
            dtype=dtype,
            name="categories",
        )(x)
    activation = config.activation
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    for number, units in enumerate(config.hidden, start=1):
        kernel = build_initializer(
            config.initializer, activation=activation.name, seed=next(layer_seeds)
        )
        x = keras.layers.Dense(
            units,
            use_bias=not config.batch_norm,  # the norm has its own
            kernel_initializer=kernel,
            dtype=dtype,
            name=f"hidden_{number}",
        )(x)
        if config.batch_norm:
            # few steps per run: Keras' momentum 0.99 would leave stale statistics
            x = keras.layers.BatchNormalization(
                momentum=0.9,
                synchronized=replicas > 1,  # else each replica's rows are normed alone
                dtype=dtype,
                name=f"norm_{number}",
            )(x)
        x = build_activation(
            activation.name,
            params=activation.params,
            seed=next(layer_seeds),
            dtype=dtype,
            name=f"{activation.name}_{number}",
        )(x)
        if config.dropout:
            x = keras.layers.Dropout(
                config.dropout,
                seed=next(layer_seeds),
                dtype=dtype,
                name=f"dropout_{number}",
            )(x)
    return x
