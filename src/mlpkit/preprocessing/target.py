"""The scale on which a regression is trained."""

from dataclasses import dataclass

import numpy as np


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
