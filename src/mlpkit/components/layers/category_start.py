"""How the tables of category vectors start."""

from typing import Any, final

import keras
from keras import ops

RESERVED = 2  # ids of unseen and of missing values


@final
class CategoryStart(keras.initializers.Initializer):
    """Draw N(0, 1/dim); the reserved rows are zero. Never saved: the layer makes it.

    Args:
        seed: New each time if None.

    >>> table = CategoryStart(1)((4, 3))
    >>> table.shape, table.numpy()[:2].any()
    (TensorShape([4, 3]), np.False_)
    """

    def __init__(self, seed: int | None) -> None:
        self.seed = seed

    def __call__(self, shape: tuple, dtype: Any = None) -> Any:
        """Return a table, ``(rows, dim)``."""
        rows, dim = shape
        drawn = keras.random.normal(
            (rows - RESERVED, dim), 0, dim**-0.5, dtype, seed=self.seed
        )
        return ops.concatenate([ops.zeros((RESERVED, dim), drawn.dtype), drawn])
