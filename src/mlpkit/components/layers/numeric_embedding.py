"""What the embeddings of numeric columns share."""

import math
from typing import Any

import keras
from keras import ops

from mlpkit.components.layers.members import (
    check_members,
    check_shape,
    member_shape,
    output_shape,
)


class NumericEmbedding(keras.layers.Layer):
    """Abstract layer: the leading columns become ``dim`` columns each, the rest stays.

    ``(..., rows, features) → (..., rows, num_numeric · dim + rest)``, all columns of
    the first feature first. A subclass writes ``embed`` and creates its weights in
    ``build``. Inside, features stand before rows: all features are one batched product
    of contiguous matrices, which compilers turn into plain ones.

    Computed in float32 (float64 where the weights are), also with a half-precision
    policy: differences of values and angles would lose their digits.

    Args:
        num_numeric: Leading columns to embed, >= 1; all of them if None.
        dim: Columns of each feature's embedding, >= 1.
        learning_rate_factor: Learning rate of the weights relative to the
            optimizer's, > 0; the variables hold weights / factor.
        members: m networks side by side, each with its own weights.
        seed: Of the start; new each time if left.
    """

    def __init__(
        self,
        num_numeric: int | None,
        *,
        dim: int,
        learning_rate_factor: float,
        members: int | None,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        self.num_numeric = num_numeric
        self.dim = dim
        self.learning_rate_factor = learning_rate_factor
        self.members = check_members(self, members)
        self.seed = seed
        self.supports_masking = True
        if num_numeric is not None:
            self.check_at_least_one(num_numeric=num_numeric)
        self.check_at_least_one(dim=dim)
        self.check_positive(learning_rate_factor=learning_rate_factor)

    def build(self, input_shape: tuple) -> None:
        """Check the input and count the numeric columns."""
        check_shape(self, input_shape, self.members)
        self.numeric = self.num_numeric or input_shape[-1]
        if input_shape[-1] < self.numeric:
            msg = (
                f"{type(self).__name__}: the input must have >= {self.numeric} "
                f"columns, the numeric ones, got shape {input_shape}"
            )
            raise ValueError(msg)

    def weight(self, name: str, shape: tuple, start: Any) -> Any:
        """Create a weight of every feature, led by the members; start gives w / f."""
        return self.add_weight(
            name=name,
            shape=member_shape(self.members, self.numeric, *shape),
            initializer=start,
            autocast=False,
        )

    def scaled(self, weight: Any) -> Any:
        """Return w = f · variable."""
        return self.learning_rate_factor * ops.convert_to_tensor(weight)

    def embed(self, x: Any) -> Any:
        """Return ``(..., features, dim, rows)`` for x ``(..., features, 1, rows)``."""
        raise NotImplementedError

    def call(self, inputs: Any) -> Any:
        """Return the embedded columns and the rest side by side."""
        x = ops.cast(inputs[..., : self.numeric], self.variable_dtype)
        y = self.embed(ops.expand_dims(ops.swapaxes(x, -1, -2), -2))
        lead = ops.shape(y)[:-3]
        y = ops.reshape(y, (*lead, self.numeric * self.dim, -1))
        y = ops.cast(ops.swapaxes(y, -1, -2), self.compute_dtype)
        if inputs.shape[-1] == self.numeric:
            return y
        rest = ops.cast(inputs[..., self.numeric :], self.compute_dtype)
        return ops.concatenate([y, self.for_members(rest, 2)], axis=-1)

    def for_members(self, x: Any, rank: int) -> Any:
        """Return x for every member, where it has the rank it has without them."""
        if self.members is None or len(x.shape) > rank:
            return x
        return ops.broadcast_to(x, (self.members, *ops.shape(x)))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the shape with the embedded columns, led by the members."""
        features = input_shape[-1]
        numeric = self.num_numeric or features
        width = numeric * self.dim + features - numeric
        return output_shape(input_shape, width, self.members)

    def check_at_least_one(self, **counts: int) -> None:
        """Raise ValueError for a count below 1."""
        for name, value in counts.items():
            if value < 1:
                msg = f"{type(self).__name__}: {name} must be >= 1, got {value}"
                raise ValueError(msg)

    def check_positive(self, **numbers: float) -> None:
        """Raise ValueError for a number not in (0, inf)."""
        for name, value in numbers.items():
            if not 0 < value < math.inf:
                msg = f"{type(self).__name__}: {name} must be in (0, inf), got {value}"
                raise ValueError(msg)
