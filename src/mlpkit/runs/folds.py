"""Folds of rows, stratified by class."""

import numpy as np

from mlpkit.errors import DataError


def folds(
    rows: np.ndarray, count: int, *, classes: np.ndarray | None, seed: int
) -> list[np.ndarray]:
    """Return the rows in parts of equal size, give or take one, each sorted.

    Args:
        rows: Row numbers.
        count: Of folds, >= 2.
        classes: Class of each of these rows, spread evenly over the folds, or None.
        seed: Of the permutation; the same folds come again for the same seed.

    Raises:
        DataError: There are fewer rows than folds.

    >>> [len(part) for part in folds(np.arange(8), 3, classes=None, seed=1)]
    [3, 3, 2]
    """
    if len(rows) < count:
        msg = f"ensemble.members: {count} folds need as many rows that are not for "
        raise DataError(f"{msg}testing, got {len(rows)}")
    order = np.random.default_rng([seed, 1]).permutation(len(rows))
    if classes is not None:  # class after class, dealt like cards
        order = order[np.argsort(classes[order], kind="stable")]
    return [np.sort(rows[order[start::count]]) for start in range(count)]
