"""Which rows each step of an epoch takes."""

import numpy as np


def row_order(rows: int, *, seed: int, epoch: int, shuffle: bool = True) -> np.ndarray:
    """Return the row numbers of an epoch, drawn from ``(seed, epoch)`` alone.

    Keras with a global seed repeats one permutation for ever, and cannot go on in the
    middle of a training with the order that it would have had.

    >>> row_order(5, seed=1, epoch=0).tolist() == row_order(5, seed=1, epoch=0).tolist()
    True
    >>> row_order(3, seed=1, epoch=7, shuffle=False).tolist()
    [0, 1, 2]
    """
    if not shuffle:
        return np.arange(rows, dtype=np.int32)
    return np.random.default_rng([seed, epoch]).permutation(rows).astype(np.int32)


def epoch_order(
    rows: int,
    *,
    seed: int,
    epoch: int,
    shuffle: bool = True,
    rows_per_epoch: int | None = None,
) -> np.ndarray:
    """Return the row numbers of an epoch of any length.

    An epoch of another length than the table's goes on where the one before ended, so
    that every row has its turn.

    >>> [epoch_order(4, seed=0, epoch=e, shuffle=False, rows_per_epoch=3).tolist()
    ...  for e in range(3)]
    [[0, 1, 2], [3, 0, 1], [2, 3, 0]]
    """
    if rows_per_epoch is None:
        return row_order(rows, seed=seed, epoch=epoch, shuffle=shuffle)
    start, end = epoch * rows_per_epoch, (epoch + 1) * rows_per_epoch
    passes = [
        row_order(rows, seed=seed, epoch=number, shuffle=shuffle)
        for number in range(start // rows, -(-end // rows))
    ]
    first = start // rows * rows
    return np.concatenate(passes)[start - first : end - first]
