"""The scale on which a regression is trained."""

from dataclasses import dataclass

import numpy as np


class TargetFit:
    """Mean and standard deviation of a regression's target, block by block.

    Exact up to rounding, also far from zero: values are counted from the first one,
    and each block's mean and sum of squares about it are merged.

    References: Chan, Golub, LeVeque 1983, "Algorithms for computing the sample
    variance", equation 1.5.

    >>> fit = TargetFit()
    >>> for block in ([1e9, 1e9 + 2], [1e9 + 4]):
    ...     fit.add(np.array(block)[:, None])
    >>> fit.result().mean, round(fit.result().std[0], 9)
    ((1000000002.0,), 1.632993162)
    """

    def __init__(self) -> None:
        self._rows = 0
        self._origin = self._mean = self._squares = np.zeros(1)

    def add(self, y: np.ndarray) -> None:
        """Take the next block's targets, float64 ``(rows, columns)``."""
        if not len(y):
            return
        if not self._rows:
            self._origin = y[0]
        y = y - self._origin
        rows = self._rows + len(y)
        mean = y.mean(axis=0)
        ahead = mean - self._mean
        self._squares = (
            self._squares
            + np.square(y - mean).sum(axis=0)
            + ahead**2 * (self._rows * len(y) / rows)
        )
        self._mean = self._mean + ahead * (len(y) / rows)
        self._rows = rows

    def result(self) -> "TargetScaling":
        """Return the scaling."""
        std = np.sqrt(self._squares / max(self._rows, 1))
        mean = self._origin + self._mean
        return TargetScaling(
            tuple(mean.tolist()), tuple(np.where(std, std, 1).tolist())
        )


@dataclass(frozen=True)
class TargetScaling:
    """Regression trains on ``(y - mean) / std`` and answers in y.

    Attributes:
        mean: Of the training rows, one per target column.
        std: Of the training rows (ddof 0); 1 for a constant target.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, y: np.ndarray) -> "TargetScaling":
        """Return the scaling of training targets, shape ``(rows, columns)``."""
        std = y.std(axis=0)
        return cls(
            tuple(y.mean(axis=0).tolist()), tuple(np.where(std, std, 1).tolist())
        )

    @classmethod
    def identity(cls, columns: int) -> "TargetScaling":
        """Return the scaling that changes nothing."""
        return cls((0.0,) * columns, (1.0,) * columns)

    def scale(self, y: np.ndarray) -> np.ndarray:
        """Return standardised targets, float32 ``(rows, columns)``."""
        return ((y - np.array(self.mean)) / np.array(self.std)).astype(np.float32)
