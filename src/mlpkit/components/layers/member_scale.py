"""The adapter that tells the members of an ensemble with shared weights apart."""

from collections.abc import Sequence
from typing import Any, final

import keras
import numpy as np
from keras import ops

from mlpkit.components.layers.members import (
    check_members,
    check_shape,
    output_shape,
)

_DISTRIBUTIONS = ("sign", "normal")


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class MemberScale(keras.layers.Layer):
    """Show each member its own view of the rows: y_i = r_i x, r random and learned.

    TabM-mini: after this layer all members share one network of plain layers. Members
    differ by r only, so that it has to stand before the first product.

    ``(rows, features)`` or ``(m, rows, features) → (m, rows, features)``.

    Args:
        members: m, >= 1.
        distribution: Of the start of r: "sign", 1 or -1, for plain features; "normal",
            N(0, 1), for embedded ones.
        repeats: Columns of each original feature, in order: they start with one number,
            e.g. ``[4, 4, 1]`` for two embedded features and a flag. Each column is
            its own if left.
        seed: Of the start; new each time if left.

    Raises:
        ValueError: An argument or an input out of range.

    >>> layer = MemberScale(2, repeats=[2, 1], seed=1)
    >>> views = layer(np.ones((5, 3), "float32"))
    >>> views.shape, sorted(set(views.numpy().ravel().tolist()))
    (TensorShape([2, 5, 3]), [-1.0, 1.0])

    References: Gorishniy, Kotelnikov & Babenko 2025 (TabM), section 3.3.
    """

    def __init__(
        self,
        members: int,
        *,
        distribution: str = "sign",
        repeats: Sequence[int] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if members is None:
            msg = "MemberScale: members must be a whole number >= 1, got None"
            raise ValueError(msg)
        self.members = check_members(self, members)
        if distribution not in _DISTRIBUTIONS:
            known = " or ".join(map(repr, _DISTRIBUTIONS))
            msg = f"MemberScale: distribution must be {known}, got {distribution!r}"
            raise ValueError(msg)
        self.distribution = distribution
        self.repeats = None if repeats is None else list(repeats)
        if self.repeats is not None and min(self.repeats, default=0) < 1:
            msg = f"MemberScale: repeats must be numbers >= 1, got {self.repeats}"
            raise ValueError(msg)
        self.seed = seed
        self.supports_masking = True

    def build(self, input_shape: tuple) -> None:
        """Create r, ``(m, features)``."""
        check_shape(self, input_shape, self.members)
        features = input_shape[-1]
        if self.repeats is not None and sum(self.repeats) != features:
            msg = (
                "MemberScale: repeats must add up to the features, "
                f"got {sum(self.repeats)} and {features} features"
            )
            raise ValueError(msg)
        self.scale = self.add_weight(
            name="scale",
            shape=(self.members, features),
            initializer=self._start,
            autocast=False,
        )

    def _start(self, shape: tuple, dtype: Any = None) -> Any:
        columns = np.repeat(
            np.arange(shape[1]) if self.repeats is None else range(len(self.repeats)),
            1 if self.repeats is None else self.repeats,
        )
        normal = keras.initializers.RandomNormal(stddev=1.0, seed=self.seed)
        drawn = normal((shape[0], int(columns[-1]) + 1), dtype)
        if self.distribution == "sign":
            drawn = ops.where(drawn < 0, -ops.ones_like(drawn), ops.ones_like(drawn))
        return ops.take(drawn, columns, axis=1)

    def call(self, inputs: Any) -> Any:
        """Return the views."""
        scale = ops.convert_to_tensor(self.scale)[:, None]
        return inputs * ops.cast(scale, inputs.dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return ``(m, rows, features)``."""
        return output_shape(input_shape, input_shape[-1], self.members)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "members": self.members,
            "distribution": self.distribution,
            "repeats": self.repeats,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}
