"""A word on rows, or targets, that tell next to nothing."""

from collections.abc import Mapping

import numpy as np

from mlpkit.data import Target

# Below 20 rows a network knows next to nothing; an accuracy of 10 rows is off by 0.3
# in one case of twenty, and an epoch chosen by them is chosen by chance.
_LEAST = {"train": 20, "validation": 10, "test": 10}
_SAID = {
    "train": "train: too few to learn from, expect guesses",
    "validation": "choose the best epoch: mostly chance",
    "test": "measure the result: mostly chance",
}


def few_rows(counts: Mapping[str, int], *, folds: bool = False) -> list[str]:
    """Return what to tell of the parts that have few rows; one without rows is meant.

    Args:
        counts: Rows by part.
        folds: Whether validation rows train, too: those of all members but one.

    >>> few_rows({"train": 90, "validation": 0, "test": 3})[0]
    'few rows: only 3 measure the result: mostly chance; gather more'
    """
    counts = dict(counts)
    if folds:
        counts["train"] += counts.pop("validation")
    told = [
        f"only {counts[name]} {_SAID[name]}"
        for name, least in _LEAST.items()
        if 0 < counts.get(name, 0) < least
    ]
    return [f"few rows: {'; '.join(told)}; gather more"] if told else []


def same_in_every_row(target: Target, y: np.ndarray) -> list[str]:
    """Return what to tell of targets of a regression that are constant.

    >>> same_in_every_row(Target(("y",), "regression"), np.ones((3, 1)))
    ["the target 'y' is the same in every row: there is nothing to learn"]
    """
    if target.task != "regression":
        return []
    names = zip(target.columns, y.reshape(len(y), -1).T, strict=True)
    return [
        f"the target '{name}' is the same in every row: there is nothing to learn"
        for name, values in names
        if (values == values[0]).all()
    ]
