"""Learned vectors for the categories of an encoded matrix."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

_RESERVED = 2  # slots of unseen and of missing values


@keras.saving.register_keras_serializable(package="mlpkit")
class CategoryEmbedding(keras.layers.Layer):
    """Replace the last columns of a matrix, slot numbers, by learned vectors.

    ``(rows, d) → (rows, d - k + sum(dims))`` for k embedded columns. Slots 0 (unseen)
    and 1 (missing) start at zero, which is the mean of the others.

    Args:
        cardinalities: Slots of each embedded column, > 2.
        dims: Length of each column's vectors, > 0.
        seed: Of the start, N(0, 1/dim).

    Raises:
        ValueError: Different lengths, or a number out of range.

    >>> import numpy as np
    >>> layer = CategoryEmbedding((5,), (3,), seed=1)
    >>> layer(np.array([[0.5, 0.0], [0.5, 4.0]])).shape
    TensorShape([2, 4])
    """

    def __init__(
        self,
        cardinalities: Sequence[int],
        dims: Sequence[int],
        *,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        # slot numbers exceed what half precision counts: cast the result instead
        super().__init__(**{"autocast": False, **kwargs})
        self.cardinalities = tuple(cardinalities)
        self.dims = tuple(dims)
        self.seed = seed
        if len(self.cardinalities) != len(self.dims) or not self.dims:
            msg = (
                "CategoryEmbedding: cardinalities and dims must be equally many, >= 1, "
                f"got {self.cardinalities} and {self.dims}"
            )
            raise ValueError(msg)
        if min(self.cardinalities) < _RESERVED or min(self.dims) < 1:
            msg = (
                "CategoryEmbedding: cardinalities must be >= 2 and dims >= 1, "
                f"got {self.cardinalities} and {self.dims}"
            )
            raise ValueError(msg)

    def build(self, input_shape: tuple) -> None:  # noqa: ARG002
        """Create one table per column, shape ``(slots, dim)``."""
        self.tables = [
            self.add_weight(
                name=f"table_{i}",
                shape=(slots, dim),
                initializer=_Reserved(None if self.seed is None else self.seed + i),
            )
            for i, (slots, dim) in enumerate(
                zip(self.cardinalities, self.dims, strict=True)
            )
        ]

    def call(self, inputs: Any) -> Any:
        """Return the numeric columns and the vectors side by side."""
        first = inputs.shape[-1] - len(self.dims)
        parts = [inputs[:, :first]]
        for i, table in enumerate(self.tables):
            slots = ops.cast(inputs[:, first + i], "int32")
            parts.append(ops.take(ops.convert_to_tensor(table), slots, axis=0))
        return ops.concatenate(
            [ops.cast(part, self.compute_dtype) for part in parts], axis=-1
        )

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return ``(rows, d - k + sum(dims))``."""
        return (*input_shape[:-1], input_shape[-1] - len(self.dims) + sum(self.dims))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "cardinalities": self.cardinalities,
            "dims": self.dims,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="mlpkit", name="ReservedRows")
class _Reserved(keras.initializers.Initializer):
    """N(0, 1/dim), the reserved first rows zero."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def __call__(self, shape: tuple, dtype: Any = None) -> Any:
        rows, dim = shape
        normal = keras.random.normal((rows, dim), 0, dim**-0.5, dtype, seed=self.seed)
        return normal * ops.cast(ops.arange(rows)[:, None] >= _RESERVED, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed}
