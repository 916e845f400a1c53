"""PLE: each number by how far it fills the bins of its column."""

from collections.abc import Sequence
from typing import Any, final

import keras
import numpy as np
from keras import ops

from mlpkit.components.layers.members import spread_seed
from mlpkit.components.layers.numeric_embedding import NumericEmbedding


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class PiecewiseLinear(NumericEmbedding):
    """Piecewise-linear encoding and a linear map of it, per feature.

    With the edges b_0 < … < b_T of a feature its encoding has T components::

        p_t = (x - b_{t-1}) / (b_t - b_{t-1})  clipped to [0, 1]

    where p_1 is not clipped below and p_T not above, so that e(x) goes on as a line
    outside the bins. From it

    - version "A": e(x) = ReLU(W p + b), W and b ~ U(±1/√T_max) at the start;
    - version "B": e(x) = v x + c + W p, v and c ~ U(±1/√dim), W = 0 at the start,
      a plain linear embedding.

    ``(..., rows, features) → (..., rows, num_numeric · dim + rest)``; the features with
    edges come first, columns after them pass. Led by the members with ``members=m``.

    Args:
        bins: Edges of each numeric feature, ascending (also once rounded to float32),
            >= 2 of them. See `quantile_bins`.
        dim: Columns of each embedding, >= 1.
        version: "A" or "B".
        learning_rate_factor: Learning rate of all weights here relative to the
            optimizer's, > 0, for Adam and its relatives: the variables hold w / f.
        members: m networks side by side, each with its own weights.
        seed: Of the start; new each time if left.

    Raises:
        ValueError: An argument or an input out of range.

    >>> layer = PiecewiseLinear([[0.0, 1.0, 3.0], [-1.0, 1.0]], dim=3)
    >>> layer(np.ones((5, 4), "float32")).shape
    TensorShape([5, 8])

    References: Gorishniy, Rubachev & Babenko 2022, section 3.2, for A; Gorishniy,
        Kotelnikov & Babenko 2025 (TabM), appendix, for B.
    """

    def __init__(
        self,
        bins: Sequence[Sequence[float]],
        *,
        dim: int = 16,
        version: str = "B",
        learning_rate_factor: float = 1.0,
        members: int | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.bins = [[float(edge) for edge in edges] for edges in bins]
        _check(self.bins, version)
        super().__init__(
            len(self.bins),
            dim=dim,
            learning_rate_factor=learning_rate_factor,
            members=members,
            seed=seed,
            **kwargs,
        )
        self.version = version

    def build(self, input_shape: tuple) -> None:
        """Lay out the bins and create the weights of every feature."""
        super().build(input_shape)
        self._table = _table(self.bins, self.variable_dtype)
        slots = self._table.shape[-2]
        f, seeds = self.learning_rate_factor, spread_seed(self.seed, 2)
        start = (slots if self.version == "A" else self.dim) ** -0.5 / f
        one, two = (
            keras.initializers.RandomUniform(-start, start, seed=s) for s in seeds
        )
        first = one if self.version == "A" else "zeros"
        self.kernel = self.weight("kernel", (self.dim, slots), first)
        self.bias = self.weight("bias", (self.dim,), two)
        if self.version == "B":
            self.slope = self.weight("slope", (self.dim,), one)

    def encode(self, x: Any) -> Any:
        """Return p, ``(..., features, slots, rows)``; slots without a bin are 0."""
        left, per_width, low, high = map(ops.convert_to_tensor, self._table)
        return ops.clip((x - left) * per_width, low, high)

    def embed(self, x: Any) -> Any:
        """Return ``(..., features, dim, rows)`` for x ``(..., features, 1, rows)``."""
        y = ops.matmul(self.scaled(self.kernel), self.encode(x))
        y = y + self.scaled(self.bias)[..., None]
        if self.version == "A":
            return ops.relu(y)
        return y + self.scaled(self.slope)[..., None] * x

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "bins": self.bins,
            "dim": self.dim,
            "version": self.version,
            "learning_rate_factor": self.learning_rate_factor,
            "members": self.members,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}


def _check(bins: list[list[float]], version: str) -> None:
    if version not in {"A", "B"}:
        msg = f"PiecewiseLinear: version must be 'A' or 'B', got {version!r}"
        raise ValueError(msg)
    if not bins:
        msg = "PiecewiseLinear: bins must hold the edges of >= 1 feature, got none"
        raise ValueError(msg)
    for i, edges in enumerate(bins):
        with np.errstate(all="ignore"):
            per_width = 1 / np.diff(np.asarray(edges, "float32"))
        if len(edges) < 2 or not (np.isfinite(per_width) & (per_width > 0)).all():
            msg = (
                f"PiecewiseLinear: bins[{i}] must be >= 2 finite edges that ascend in "
                f"float32, got {edges}"
            )
            raise ValueError(msg)


def _table(bins: list[list[float]], dtype: str) -> np.ndarray:
    """Left edges, 1 / widths and two bounds, ``(4, features, slots, 1)``."""
    slots = max(map(len, bins)) - 1
    table = np.zeros((4, len(bins), slots, 1), dtype)
    left, per_width, low, high = table[..., 0]
    for i, given in enumerate(bins):
        edges = np.asarray(given, dtype)
        n = len(edges) - 1
        left[i, :n] = edges[:-1]
        per_width[i, :n] = 1 / np.diff(edges)
        high[i, :n] = 1
        low[i, 0], high[i, n - 1] = -np.inf, np.inf
    return table
