"""Values that move from one to the next between joints."""

from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType
from typing import Any

from mlpkit.components.schedules.base import fall


def walk(
    step: Any,
    xp: ModuleType,
    *,
    joints: Sequence[float],
    values: Sequence[float],
    linear: bool,
) -> Any:
    """The value at ``step``, annealed from ``values[i]`` at ``joints[i]`` to the next.

    Args:
        step: Where; before the first and after the last joint the value stays.
        xp: ``numpy`` or ``keras.ops``.
        joints: Steps, rising.
        values: As many values.
        linear: Along a line, not along half a cosine.
    """
    result = None
    for i in reversed(range(len(joints) - 1)):
        remaining = (joints[i + 1] - step) / (joints[i + 1] - joints[i])
        remaining = xp.clip(remaining, 0.0, 1.0)
        weight = remaining if linear else fall(remaining, xp)
        # Not a + (b − a)·w: with w = 0 and w = 1 this has no rounding at the joints.
        value = values[i + 1] * (1.0 - weight) + values[i] * weight
        if result is not None:
            value = xp.where(step <= joints[i + 1], value, result)
        result = value
    return result


def check_joints(owner: object, joints: Sequence[float], total_steps: int) -> None:
    """Raise ValueError if a phase between two joints has no positive length."""
    if min(end - start for start, end in pairwise(joints)) <= 0:
        raise ValueError(
            f"{type(owner).__name__}: total_steps must give every phase a positive "
            f"length, got {total_steps}, where phases meet at steps {list(joints)}"
        )
