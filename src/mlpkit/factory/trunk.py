"""The hidden part: embeddings → scale → (dense → [norm] → activation → [dropout])*."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.components.activations import Parametric
from mlpkit.components.layers import (
    CategoryEmbedding,
    Dropout,
    FrontScale,
    MemberBatchNormalization,
    MemberDense,
    MemberScale,
    ScaledDense,
)
from mlpkit.config import ModelConfig
from mlpkit.factory.resolve import (
    build_activation,
    build_initializer,
    build_numeric_embedding,
)

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


@dataclass(frozen=True)
class Columns:
    """What the columns of the encoded matrix are, from left to right.

    Attributes:
        numeric: How many numbers come first.
        cardinalities: Slots of the embedded categories, which come last.
    """

    numeric: int = 0
    cardinalities: Sequence[int] = ()


class Trunk:
    """Builds the layers between the encoded matrix and the output.

    Args:
        config: Depth, width, activation, parametrization, embeddings, dropout.
        columns: Of the encoded matrix.
        dtype: Keras dtype policy or its name.
        layer_seeds: From `seeds`.
        members: m networks side by side: x is ``(m, rows, features)``.
        views: Members that share all layers but a scale of the first one's input.
    """

    def __init__(
        self,
        config: ModelConfig,
        columns: Columns,
        *,
        dtype: Any,
        layer_seeds: Iterator[int],
        members: int | None = None,
        views: int | None = None,
    ) -> None:
        self._config = config
        self._columns = columns
        self._dtype = dtype
        self._seeds = layer_seeds
        self._members = members
        self._views = views

    def __call__(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return the last hidden layer's output, ``(rows, units)``."""
        config = self._config
        self._features = x.shape[-1]
        x = self._embedded(x)
        if config.front_scale:
            x = FrontScale(
                members=self._members, dtype=self._dtype, name="front_scale"
            )(x)
        if self._views is not None:
            x = self._view(x.shape[-1])(x)
        for number, units in enumerate(config.hidden, start=1):
            x = self._dense(units, number)(x)
            if config.batch_norm:
                x = self._norm(number)(x)
            x = self._activation(number)(x)
            if config.dropout:
                x = Dropout(
                    config.dropout,
                    seed=next(self._seeds),
                    dtype=self._dtype,
                    name=f"dropout_{number}",
                )(x)
        return x

    def _embedded(self, x: keras.KerasTensor) -> keras.KerasTensor:
        cardinalities = tuple(self._columns.cardinalities)
        if cardinalities:
            x = CategoryEmbedding(
                cardinalities,
                tuple(embedding_width(n) for n in cardinalities),
                members=self._members,
                seed=next(self._seeds),
                dtype=self._dtype,
                name="categories",
            )(x)
        embedding = self._config.numeric_embedding
        if embedding is not None and self._columns.numeric:
            x = build_numeric_embedding(
                embedding.name,
                params=embedding.params,
                num_numeric=self._columns.numeric,
                members=self._members,
                seed=next(self._seeds),
                dtype=self._dtype,
                name="numbers",
            )(x)
        return x

    def _view(self, width: int) -> MemberScale:
        """What tells members with shared weights apart."""
        columns = self._columns
        wide = [embedding_width(n) for n in columns.cardinalities]
        embedding = self._config.numeric_embedding
        embedded = columns.numeric if embedding is not None else 0
        # a feature's columns start with one number, so that its embedding stays whole
        plain = width - sum(wide)
        dim = 1
        if embedded:
            others = self._features - len(wide) - embedded
            dim = (plain - others) // embedded
        singles = [1] * (plain - embedded * dim)
        return MemberScale(
            self._views or 1,
            distribution="normal" if embedded else "sign",
            repeats=[*[dim] * embedded, *singles, *wide],
            seed=next(self._seeds),
            dtype=self._dtype,
            name="members",
        )

    def _norm(self, number: int) -> keras.layers.Layer:
        shared = {
            # few steps per run: Keras' momentum 0.99 would leave stale statistics
            "momentum": 0.9,
            "dtype": self._dtype,
            "name": f"norm_{number}",
        }
        if self._members is not None:
            return MemberBatchNormalization(self._members, **shared)
        # not synchronized, each replica would see its own rows alone
        several = _replicas() > 1
        return keras.layers.BatchNormalization(synchronized=several, **shared)

    def _dense(self, units: int, number: int) -> keras.layers.Layer:
        config = self._config
        shared = {
            "use_bias": not config.batch_norm,  # the norm has its own
            "dtype": self._dtype,
            "name": f"hidden_{number}",
        }
        if config.parametrization == "ntk":
            start = keras.initializers.RandomNormal(stddev=1.0, seed=next(self._seeds))
            return ScaledDense(
                units, kernel_initializer=start, members=self._members, **shared
            )
        kernel = build_initializer(
            config.initializer,
            activation=config.activation.name,
            seed=next(self._seeds),
        )
        shared["kernel_initializer"] = kernel
        if self._members is not None:
            return MemberDense(units, members=self._members, **shared)
        return keras.layers.Dense(units, **shared)

    def _activation(self, number: int) -> keras.layers.Layer:
        activation = self._config.activation
        layer = build_activation(
            activation.name,
            params=activation.params,
            members=self._members,
            seed=next(self._seeds),
            dtype=self._dtype,
            name=f"{activation.name}_{number}",
        )
        if not self._config.parametric_activation:
            return layer
        name = f"parametric_{activation.name}_{number}"
        return Parametric(layer, members=self._members, dtype=self._dtype, name=name)


def _replicas() -> int:
    return tf.distribute.get_strategy().num_replicas_in_sync
