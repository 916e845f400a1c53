"""Which rows train, which choose the epoch, and which only report."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mlpkit.config import SplitConfig
from mlpkit.data.target import Target, check_columns
from mlpkit.errors import DataError

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Split:
    """Row indices of the parts, each sorted; validation and test may be empty."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def parts(self) -> dict[str, np.ndarray]:
        """Return the parts by name, in the order train, validation, test."""
        return {name: getattr(self, name) for name in PARTS}

    def counts(self) -> dict[str, int]:
        """Return the rows of each part."""
        return {name: len(rows) for name, rows in self.parts().items()}

    def trained_on(self, parts: str) -> "Split":
        """Return a split whose training rows are several parts together.

        Args:
            parts: "train", "train_and_validation", or "all"; what trains is no other
                part any more.
        """
        if parts == "train":
            return self
        joined = np.union1d(self.train, self.validation)
        none = self.validation[:0]
        if parts == "all":
            return Split(np.union1d(joined, self.test), none, none)
        return Split(joined, none, self.test)


def split_rows(
    table: pa.Table, target: Target, config: SplitConfig, *, seed: int
) -> Split:
    """Split the rows by a column, or at random, stratified by class.

    Args:
        table: Rows with a known target.
        target: Its classes are spread over the parts.
        config: The column, or the fractions.
        seed: Of the permutation; the same rows come again for the same seed.

    Raises:
        DataError: A part is empty, or a class has fewer rows than there are parts.
    """
    if config.column is not None:
        return _by_column(table, config.column)
    fractions = {"validation": config.validation_fraction, "test": config.test_fraction}
    fractions = {name: f for name, f in fractions.items() if f > 0}
    if target.task in {"regression", "multilabel"}:
        groups = [np.arange(table.num_rows)]
    else:
        groups = _by_class(table, target, parts=len(fractions) + 1)
    if table.num_rows <= len(fractions):
        msg = f"a split into {len(fractions) + 1} parts needs as many rows, got"
        raise DataError(f"{msg} {table.num_rows}")
    generator = np.random.default_rng([seed, 0])
    shares: dict[str, list[np.ndarray]] = {name: [] for name in PARTS}
    for group in groups:
        rows = generator.permutation(group)
        for name, fraction in fractions.items():
            count = max(1, round(fraction * len(group)))
            taken, rows = rows[:count], rows[count:]
            shares[name].append(taken)
        shares["train"].append(rows)
    empty = np.empty(0, np.int64)
    return Split(**{k: np.sort(np.concatenate([empty, *v])) for k, v in shares.items()})


def _by_class(table: pa.Table, target: Target, *, parts: int) -> list[np.ndarray]:
    index = target.encode(table)
    groups = [np.flatnonzero(index == i) for i in range(len(target.classes))]
    for label, group in zip(target.classes, groups, strict=True):
        if len(group) < parts:
            both = "validation_fraction and split.test_fraction to 0, to train on all"
            fewer = "test_fraction to 0" if len(group) > 1 else both
            msg = (
                f"target '{target.columns[0]}': every class needs a row in each of the "
                f"{parts} parts of the split, class {label!r} has {len(group)}; merge "
                f"or remove the class, or set split.{fewer}"
            )
            raise DataError(msg)
    return groups


def _by_column(table: pa.Table, name: str) -> Split:
    check_columns(table, [name], what="split.column")
    words = np.array(table.column(name).to_pylist(), dtype=object)
    unknown = sorted({str(w) for w in words} - {*PARTS})
    if unknown:
        msg = f"split column '{name}': must hold train, validation or test, got"
        raise DataError(f"{msg} {', '.join(unknown[:5])}")
    split = Split(*(np.flatnonzero(words == part) for part in PARTS))
    if not len(split.train):
        msg = f"split column '{name}': some rows must say 'train', none does"
        raise DataError(msg)
    return split
