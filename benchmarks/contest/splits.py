"""Rows for training, validation and test: the same for every method."""

import numpy as np

TEST, VALIDATION = 0.2, 0.2


def split(task: str, target: np.ndarray, seed: int) -> tuple[np.ndarray, ...]:
    """Train, validation and test rows: 60/20/20, from each class its share.

    The shares are those of Holzmüller et al. 2024 (arXiv 2407.04491, section 4). A
    class of fewer than three rows is all in the training part.
    """
    generator = np.random.default_rng(seed)
    groups = [np.arange(len(target))]
    if task in {"binary", "multiclass"}:
        groups = [np.flatnonzero(target == code) for code in np.unique(target)]
    parts: tuple[list, list, list] = ([], [], [])
    for group in groups:
        order = generator.permutation(group)
        tested = round(TEST * len(order))
        known = tested + round(VALIDATION * len(order))
        for part, rows in zip(
            parts, (order[known:], order[tested:known], order[:tested]), strict=True
        ):
            part.append(rows)
    return tuple(generator.permutation(np.concatenate(part)) for part in parts)
