"""Gradient clipping over buffers, after the gradients of all replicas are summed."""

from collections.abc import Sequence
from typing import Any

from keras import ops

from mlpkit.components.optimizers.buffers import Buffer
from mlpkit.components.optimizers.run_time_values import scalar_dtype


def clip(
    gradients: Sequence[Any], buffers: Sequence[Buffer], options: Any
) -> list[Any]:
    """Clip as the options say.

    Args:
        gradients: In the shapes of the buffers.
        buffers: Which variables they belong to.
        options: Has ``clipvalue``, ``clipnorm`` and ``global_clipnorm``; at most one is
            not None.
    """
    if options.clipvalue is not None:
        limit = options.clipvalue
        return [ops.clip(g, -limit, limit) for g in gradients]
    if options.clipnorm is not None:
        return [
            _clip_each(g, b, options.clipnorm)
            for g, b in zip(gradients, buffers, strict=True)
        ]
    if options.global_clipnorm is not None:
        return _clip_together(gradients, options.global_clipnorm)
    return list(gradients)


def _clip_each(gradient: Any, buffer: Buffer, limit: float) -> Any:
    """The gradient of every variable to a Euclidean norm of at most ``limit``."""
    parts = buffer.split(gradient)
    return buffer.join([p * _factor(ops.sum(ops.square(p)), limit) for p in parts])


def _clip_together(gradients: Sequence[Any], limit: float) -> list[Any]:
    """All gradients to a common Euclidean norm of at most ``limit``."""
    squares = [ops.cast(ops.sum(ops.square(g)), scalar_dtype()) for g in gradients]
    factor = _factor(sum(squares), limit)
    return [g * ops.cast(factor, g.dtype) for g in gradients]


def _factor(squared_norm: Any, limit: float) -> Any:
    # max(norm, limit) is never 0, and where nothing is clipped the factor is exactly 1.
    return limit / ops.maximum(ops.sqrt(squared_norm), limit)
