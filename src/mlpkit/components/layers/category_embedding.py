"""Learned vectors for the categories of an encoded matrix."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from mlpkit.components.layers.category_start import RESERVED, CategoryStart
from mlpkit.components.layers.members import (
    check_members,
    check_shape,
    each_member,
    member_shape,
    output_shape,
    spread_seed,
)

_COUNTS_TO = {"float16": 2**11, "bfloat16": 2**8, "float32": 2**24}


@keras.saving.register_keras_serializable(package="mlpkit")
class CategoryEmbedding(keras.layers.Layer):
    """Replace the last columns of a matrix, category ids, by learned vectors.

    ``(..., d) → (..., d - k + sum(dims))``: the first d - k columns as they are, then
    for each of the k ids its row of that column's table. Id 0 is a value unseen in
    training, 1 a missing one, 2 and up the vocabulary. Ids that the table does not have
    (also NaN) count as unseen, compiled or not. With ``members=m`` the output is led by
    m, and so may the input be.

    Rows 0 and 1 start at zero, the mean of the others, which start as N(0, 1/dim): a
    vector then has the expected squared length 1 of one standardized numeric column,
    and a column's weight in the next layer does not grow with its dim.

    Ids are not cast to half precision, which counts to 2048 only; the result is.

    Args:
        cardinalities: Rows of each table, ids 0 and 1 included, in [2, 2^24].
        dims: Length of each column's vectors, >= 1, as many as cardinalities.
        members: m networks side by side, each with its own tables.
        seed: Of the start; new each time if left.

    Raises:
        ValueError: An argument out of range, fewer than k columns, or half-precision
            ids that cannot count to the largest cardinality.

    >>> import numpy as np
    >>> layer = CategoryEmbedding((5,), (3,), seed=1)
    >>> layer(np.array([[0.5, 0.0], [0.5, 4.0]])).shape
    TensorShape([2, 4])

    References: Guo & Berkhahn 2016. RealMLP starts all rows as N(0, 1).
    """

    def __init__(
        self,
        cardinalities: Sequence[int],
        dims: Sequence[int],
        *,
        members: int | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        self.cardinalities = list(cardinalities)
        self.dims = list(dims)
        self.members = check_members(self, members)
        self.seed = seed
        self.supports_masking = True
        _check(self.cardinalities, self.dims)

    def build(self, input_shape: tuple) -> None:
        """Create a table ``(cardinality, dim)`` per column, led by the members."""
        if self.members is not None:
            check_shape(self, input_shape, self.members)
        if input_shape[-1] < len(self.dims):
            msg = (
                f"CategoryEmbedding: the input must have >= {len(self.dims)} columns, "
                f"got shape {input_shape}"
            )
            raise ValueError(msg)
        seeds = spread_seed(self.seed, len(self.dims))
        shapes = zip(self.cardinalities, self.dims, strict=True)
        self.tables = [
            self.add_weight(
                name=f"table_{i}",
                shape=member_shape(self.members, *shape),
                initializer=each_member(CategoryStart(seeds[i]), self.members),
            )
            for i, shape in enumerate(shapes)
        ]

    def call(self, inputs: Any) -> Any:
        """Return the numeric columns and the vectors side by side."""
        counts_to = _COUNTS_TO.get(keras.backend.standardize_dtype(inputs.dtype))
        if counts_to is not None and max(self.cardinalities) > counts_to:
            msg = (
                f"CategoryEmbedding: ids in {inputs.dtype} must be <= {counts_to}, "
                f"got cardinalities {self.cardinalities}"
            )
            raise ValueError(msg)
        if self.members is not None and len(inputs.shape) == 2:
            inputs = ops.broadcast_to(inputs, (self.members, *ops.shape(inputs)))
        first = inputs.shape[-1] - len(self.dims)
        parts = [inputs[..., :first]]
        for i, weight in enumerate(self.tables):
            ids = inputs[..., first + i]
            # a gather fails on the CPU and clips under XLA: make it the same
            ids = ops.where((ids >= 0) & (ids < self.cardinalities[i]), ids, 0)
            rows, table = ops.cast(ids, "int32"), ops.convert_to_tensor(weight)
            if self.members is not None:  # one table below the other
                rows += ops.arange(self.members)[:, None] * self.cardinalities[i]
                table = ops.reshape(table, (-1, self.dims[i]))
            parts.append(ops.take(table, rows, axis=0))
        return ops.concatenate(
            [ops.cast(part, self.compute_dtype) for part in parts], axis=-1
        )

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return ``(..., d - k + sum(dims))``, led by the members."""
        features = input_shape[-1] - len(self.dims) + sum(self.dims)
        return output_shape(input_shape, features, self.members)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "cardinalities": self.cardinalities,
            "dims": self.dims,
            "members": self.members,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}


def _check(cardinalities: list[int], dims: list[int]) -> None:
    if len(cardinalities) != len(dims) or not dims:
        msg = (
            "CategoryEmbedding: cardinalities and dims must be equally many, >= 1, "
            f"got {cardinalities} and {dims}"
        )
        raise ValueError(msg)
    for name, values, low, high in (
        ("cardinalities", cardinalities, RESERVED, _COUNTS_TO["float32"]),
        ("dims", dims, 1, None),
    ):
        if min(values) < low or (high and max(values) > high):
            allowed = f"in [{low}, {high}]" if high else f">= {low}"
            msg = f"CategoryEmbedding: {name} must be {allowed}, got {values}"
            raise ValueError(msg)
