"""Trials that are best in their own way, when there are several objectives."""

from collections.abc import Sequence

import numpy as np

from mlpkit.errors import UsageError


def non_dominated(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """Return which rows no other row beats, ``(rows,)``, bool.

    a beats b where a is at least as good in every objective and better in one. So equal
    rows stay together. A row with a value that is not finite is never in the front and
    beats none.

    Args:
        values: ``(rows, objectives)``.
        directions: "min" or "max", per objective.

    Raises:
        UsageError: Shapes that do not fit, or another direction.

    >>> losses = np.array([[1.0, 9.0], [2.0, 3.0], [2.0, 4.0], [np.nan, 0.0]])
    >>> non_dominated(losses, ["min", "min"]).tolist()
    [True, True, False, False]
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or values.shape[1] != len(directions):
        msg = f"non_dominated: values must be (rows, {len(directions)}), got "
        raise UsageError(f"{msg}{values.shape}")
    for direction in directions:
        if direction not in {"min", "max"}:
            msg = f"non_dominated: direction must be 'min' or 'max', got {direction!r}"
            raise UsageError(msg)
    signs = np.array([1.0 if direction == "min" else -1.0 for direction in directions])
    costs = values * signs
    kept = np.isfinite(values).all(axis=1)
    known = costs[kept]
    kept[kept] = [
        not ((known <= row).all(axis=1) & (known < row).any(axis=1)).any()
        for row in known
    ]
    return kept
