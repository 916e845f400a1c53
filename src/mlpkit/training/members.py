"""Networks that train side by side, each on rows of its own."""

from collections.abc import Sequence

import keras
import numpy as np

from mlpkit.errors import UsageError
from mlpkit.training.rows import Rows

Parts = Sequence[tuple[np.ndarray, np.ndarray]]
"""Of each member, the row numbers it trains on and those it is validated on."""


def check_members(model: keras.Model, rows: Rows, members: Parts) -> None:
    """Compare the members with the model's input, ``(members, rows, features)``.

    Raises:
        UsageError: Their numbers differ, or a row number is out of range.
    """
    shape = getattr(model, "input_shape", None)
    if not isinstance(shape, tuple) or len(shape) < 3 or shape[0] != len(members):
        msg = f"members: the model must take ({len(members)}, rows, features), it takes"
        raise UsageError(f"{msg} {shape}")
    for number, parts in enumerate(members):
        for part in parts:
            if not len(part) or np.min(part) < 0 or np.max(part) >= rows.count:
                msg = f"members: row numbers must be in [0, {rows.count - 1}], and some"
                raise UsageError(f"{msg}, those of member {number} are not")


def validation_rows(rows: Rows, members: Parts) -> Rows:
    """Return each member's validation rows side by side: ``(rows, members, …)``.

    Members with fewer rows than others get some of weight 0.
    """
    count = max(len(held) for _, held in members)
    index = [np.resize(held, count) for _, held in members]
    weight = [np.arange(count) < len(held) for _, held in members]
    x, y, *given = rows.batch(np.stack(index, axis=1))
    counts = np.stack(weight, axis=1).astype(keras.config.floatx())
    if given:
        counts = counts * given[0].numpy()
    return Rows.of(x, y, counts, name="validation ")
