"""PL and PLR: cosines and sines of each number."""

import math
from typing import Any, final

import keras
from keras import ops

from mlpkit.components.layers.cosine import cos_turns
from mlpkit.components.layers.members import spread_seed
from mlpkit.components.layers.numeric_embedding import NumericEmbedding

_CUT = 3.0  # frequencies lie within 3σ


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class PeriodicEmbedding(NumericEmbedding):
    """PLR: e(x) = σ(W [cos(2π c x), sin(2π c x)] + b), per feature.

    With k = ``frequencies``, each feature has its own c in R^k, W in R^(dim × 2k) and
    b. Start: c ~ N(0, sigma²) within ±3 sigma, W and b ~ U(±1/√(2k)).

    ``(..., rows, features) → (..., rows, num_numeric · dim + rest)``; columns after the
    numeric ones pass. Led by the members with ``members=m``.

    Args:
        num_numeric: Leading columns to embed, >= 1; all of them if left.
        dim: Columns of each embedding, >= 1.
        frequencies: k, >= 1.
        sigma: In turns per unit of x, > 0. Too small is safe, too large is not.
        activation: Name of a Keras activation: "relu" is PLR, None is PL.
        learning_rate_factor: Learning rate of all weights here relative to the
            optimizer's, > 0, for Adam and its relatives: the variables hold w / f.
        members: m networks side by side, each with its own weights.
        seed: Of the start; new each time if left.

    Raises:
        ValueError: An argument or an input out of range.

    >>> import numpy as np
    >>> PeriodicEmbedding(2, dim=8)(np.ones((5, 3), "float32")).shape
    TensorShape([5, 17])

    References: Gorishniy, Rubachev & Babenko 2022, section 3.3. Defaults are those of
        its authors' package.
    """

    def __init__(
        self,
        num_numeric: int | None = None,
        *,
        dim: int = 24,
        frequencies: int = 48,
        sigma: float = 0.01,
        activation: str | None = "relu",
        learning_rate_factor: float = 1.0,
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
        self.check_at_least_one(frequencies=frequencies)
        self.check_positive(sigma=sigma)
        self.frequencies = frequencies
        self.sigma = sigma
        self.activation = activation
        self._bend = keras.activations.get(activation)

    def build(self, input_shape: tuple) -> None:
        """Create c, W and b of every feature."""
        super().build(input_shape)
        k, f = self.frequencies, self.learning_rate_factor
        seeds = spread_seed(self.seed, 3)
        self.frequency = self.weight(
            "frequency", (k,), _CutNormal(self.sigma / f, seeds[0])
        )
        bound = (2 * k) ** -0.5 / f
        for name, shape, seed in (
            ("kernel", (self.dim, 2 * k), seeds[1]),
            ("bias", (self.dim,), seeds[2]),
        ):
            start = keras.initializers.RandomUniform(-bound, bound, seed=seed)
            setattr(self, name, self.weight(name, shape, start))

    def embed(self, x: Any) -> Any:
        """Return ``(..., features, dim, rows)`` for x ``(..., features, 1, rows)``."""
        angles = self.scaled(self.frequency)[..., None] * x
        # sin is cos, a quarter turn later
        waves = cos_turns(ops.concatenate([angles, angles - 0.25], axis=-2))
        y = ops.matmul(self.scaled(self.kernel), waves)
        return self._bend(y + self.scaled(self.bias)[..., None])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "num_numeric": self.num_numeric,
            "dim": self.dim,
            "frequencies": self.frequencies,
            "sigma": self.sigma,
            "activation": self.activation,
            "learning_rate_factor": self.learning_rate_factor,
            "members": self.members,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}


class _CutNormal(keras.initializers.Initializer):
    """Draw N(0, σ²) within ±3σ. Never saved: the layer makes it."""

    def __init__(self, sigma: float, seed: int | None) -> None:
        self.sigma = sigma
        edge = math.erf(_CUT / math.sqrt(2))
        self.uniform = keras.initializers.RandomUniform(-edge, edge, seed=seed)

    def __call__(self, shape: tuple, dtype: Any = None) -> Any:
        quantile = ops.erfinv(self.uniform(shape, dtype))
        return self.sigma * math.sqrt(2) * quantile
