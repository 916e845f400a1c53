"""The member axis: m networks side by side in one graph.

With ``members=None`` a layer has plain weights and takes ``(..., rows, features)``.
With ``members=m`` every weight has a leading axis m, and the layer takes ``(m, rows,
features)``, or ``(rows, features)`` for all members alike. The axis comes first, so
that the products are batched ones of contiguous matrices.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops


def check_members(layer: keras.layers.Layer, members: int | None) -> int | None:
    """Return members, or raise ValueError where it is no count."""
    if members is not None and (not isinstance(members, int) or members < 1):
        name = type(layer).__name__
        msg = f"{name}: members must be None or a whole number >= 1, got {members!r}"
        raise ValueError(msg)
    return members


def check_shape(layer: keras.layers.Layer, shape: tuple, members: int | None) -> None:
    """Raise ValueError where the input does not fit the members."""
    name = type(layer).__name__
    if len(shape) < 2 or shape[-1] is None:
        msg = (
            f"{name}: the input must be (..., rows, features) with known features, "
            f"got shape {shape}"
        )
        raise ValueError(msg)
    if members is None or len(shape) == 2:
        return
    if len(shape) != 3 or shape[0] not in {None, members}:
        msg = (
            f"{name}: the input must be (rows, features) or ({members}, rows, "
            f"features) with members={members}, got shape {shape}"
        )
        raise ValueError(msg)


def member_shape(members: int | None, *shape: int) -> tuple[int, ...]:
    """Return the shape of a weight, led by the members where there are some.

    >>> member_shape(8, 3, 4), member_shape(None, 3, 4)
    ((8, 3, 4), (3, 4))
    """
    return shape if members is None else (members, *shape)


def output_shape(shape: tuple, features: int, members: int | None) -> tuple:
    """Return the shape of the output for that of an input.

    >>> output_shape((None, 3), 4, 8), output_shape((None, 3), 4, None)
    ((8, None, 4), (None, 4))
    """
    rows = shape[-2:-1] if members else shape[:-1]
    return (*member_shape(members, *rows), features)


def spread_seed(seed: int | None, count: int) -> list[int | None]:
    """Return seeds that differ, the same ones for the same seed; None stays None."""
    if seed is None:
        return [None] * count
    drawn = np.random.SeedSequence(seed).generate_state(count) >> 1
    return [int(one) for one in drawn]


def each_member(
    initializer: Callable[..., Any], members: int | None, *, factor: float = 1.0
) -> Callable[..., Any]:
    """Return an initializer of member weights: every member draws its own, / factor.

    Each draw sees the shape without members, so that fans are those of one network.
    Initializers with an integer seed repeat themselves, so each member's gets another.
    """

    def draw(shape: tuple, dtype: Any = None) -> Any:
        if members is None:
            return initializer(shape, dtype=dtype) / factor
        copies = _copies(initializer, members)
        drawn = [one(tuple(shape[1:]), dtype=dtype) for one in copies]
        return ops.stack(drawn) / factor

    return draw


def _copies(initializer: Any, count: int) -> list[Any]:
    seed = getattr(initializer, "seed", None)
    if not isinstance(initializer, keras.initializers.Initializer) or not isinstance(
        seed, int
    ):
        return [initializer] * count
    config = initializer.get_config()
    return [
        type(initializer).from_config({**config, "seed": one})
        for one in spread_seed(seed, count)
    ]
