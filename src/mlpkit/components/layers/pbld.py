"""PBLD: few low frequencies of each number, next to the number itself."""

import math
from typing import Any, final

import keras
from keras import ops

from mlpkit.components.layers.cosine import cos_turns
from mlpkit.components.layers.members import spread_seed
from mlpkit.components.layers.numeric_embedding import NumericEmbedding


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class PBLD(NumericEmbedding):
    """Periodic, bias, linear, dense: e(x) = [ W cos(2π w x + β) + b, x ] per feature.

    With k = ``frequencies``, each feature has its own w, β in R^k, W in
    R^((dim-1) × k) and b. Start: w ~ N(0, σ²), β ~ U(-π, π), W and b ~ U(±1/√k).

    ``(..., rows, features) → (..., rows, num_numeric · dim + rest)``; columns after the
    numeric ones pass. Led by the members with ``members=m``.

    Args:
        num_numeric: Leading columns to embed, >= 1; all of them if left.
        dim: Columns of each embedding, x itself included, >= 2.
        frequencies: k, >= 1.
        sigma: σ in turns per unit of x, > 0. It belongs to inputs scaled to (-3, 3).
        learning_rate_factor: Learning rate of all weights here relative to the
            optimizer's, > 0, for Adam and its relatives: the variables hold w / f.
        members: m networks side by side, each with its own weights.
        seed: Of the start; new each time if left.

    Raises:
        ValueError: An argument or an input out of range.

    >>> import numpy as np
    >>> PBLD(2)(np.ones((5, 3), "float32")).shape
    TensorShape([5, 9])

    References: Holzmüller, Grinsztajn & Steinwart 2024 (RealMLP), section 3 and
        appendix A; periodic features are from Gorishniy, Rubachev & Babenko 2022.
    """

    def __init__(
        self,
        num_numeric: int | None = None,
        *,
        dim: int = 4,
        frequencies: int = 16,
        sigma: float = 0.1,
        learning_rate_factor: float = 0.1,
        members: int | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            num_numeric,
            dim=dim,
            learning_rate_factor=learning_rate_factor,
            members=members,
            seed=seed,
            **kwargs,
        )
        if dim < 2:
            msg = f"PBLD: dim must be >= 2, one of them x itself, got {dim}"
            raise ValueError(msg)
        self.check_at_least_one(frequencies=frequencies)
        self.check_positive(sigma=sigma)
        self.frequencies = frequencies
        self.sigma = sigma

    def build(self, input_shape: tuple) -> None:
        """Create w, β, W and b of every feature."""
        super().build(input_shape)
        k, f = self.frequencies, self.learning_rate_factor
        seeds = spread_seed(self.seed, 4)
        normal = keras.initializers.RandomNormal(stddev=self.sigma / f, seed=seeds[0])
        self.frequency = self.weight("frequency", (k,), normal)
        self.phase = self.weight("phase", (k,), _uniform(math.pi / f, seeds[1]))
        start = k**-0.5 / f
        self.kernel = self.weight(
            "kernel", (self.dim - 1, k), _uniform(start, seeds[2])
        )
        self.bias = self.weight("bias", (self.dim - 1,), _uniform(start, seeds[3]))

    def embed(self, x: Any) -> Any:
        """Return ``(..., features, dim, rows)`` for x ``(..., features, 1, rows)``."""
        frequency, bias = (
            ops.expand_dims(self.scaled(w), -1) for w in (self.frequency, self.bias)
        )
        turns = ops.expand_dims((0.5 / math.pi) * self.scaled(self.phase), -1)
        y = ops.matmul(self.scaled(self.kernel), cos_turns(frequency * x + turns))
        y = y + bias
        return ops.concatenate([y, self.for_members(x, 3)], axis=-2)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "num_numeric": self.num_numeric,
            "dim": self.dim,
            "frequencies": self.frequencies,
            "sigma": self.sigma,
            "learning_rate_factor": self.learning_rate_factor,
            "members": self.members,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}


def _uniform(bound: float, seed: int | None) -> keras.initializers.Initializer:
    return keras.initializers.RandomUniform(-bound, bound, seed=seed)
