"""Parts of a table that is read in blocks, told from each row's place alone."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mlpkit.data.blocks import Block, TableBlocks
from mlpkit.data.split import PARTS
from mlpkit.errors import UsageError

_MOST_ROWS = 200_000  # of validation or test: they are held in memory


def row_hash(positions: np.ndarray, *salt: int) -> np.ndarray:
    """Return well-mixed uint64 numbers of rows, one per salt and position.

    References: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
    generators", with Stafford's variant 13 of the mixing constants.
    """
    start = np.random.SeedSequence(salt).generate_state(1, np.uint64)[0]
    # wraps around, as it should
    z = start + (positions + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@dataclass(frozen=True)
class RowSplit:
    """Sends each row to train, validation or test, by a hash of its place and the seed.

    The parts are the same in every pass, in whatever order blocks come. Their sizes
    are the fractions up to chance (√(n·f·(1 − f)) rows); classes are not balanced:
    with as many rows as do not fit into memory, chance balances them.

    Args:
        validation_fraction: Share of the rows, in [0, 1).
        test_fraction: Likewise; together below 1.
        seed: Of the hash.

    Raises:
        UsageError: A fraction is out of range.
    """

    validation_fraction: float
    test_fraction: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        fractions = (self.validation_fraction, self.test_fraction)
        if min(fractions) < 0 or sum(fractions) >= 1:
            msg = "validation_fraction and test_fraction must be >= 0, together < 1"
            raise UsageError(f"{msg}, got {fractions[0]} and {fractions[1]}")

    @classmethod
    def bounded(
        cls,
        rows: int,
        validation_fraction: float,
        test_fraction: float = 0.0,
        *,
        seed: int = 1,
        most: int = _MOST_ROWS,
    ) -> "RowSplit":
        """Return a split whose validation and test parts have about ``most`` rows.

        Rows beyond that are trained on: they would tell no more about the network
        than the first 200,000 do.

        >>> RowSplit.bounded(10_000_000, 0.1, 0.1).validation_fraction
        0.02
        """
        share = most / max(rows, 1)
        return cls(min(validation_fraction, share), min(test_fraction, share), seed)

    def part(self, positions: np.ndarray) -> np.ndarray:
        """Return 0, 1 or 2 (train, validation, test) for each row's position."""
        u = row_hash(positions, self.seed, 1) / 2.0**64
        validation = u < self.validation_fraction
        test = ~validation & (u < self.validation_fraction + self.test_fraction)
        return validation.astype(np.int8) + 2 * test.astype(np.int8)

    def take(self, block: Block, part: str) -> pa.Table:
        """Return the rows of a block that belong to a part."""
        keep = self.part(block.positions) == PARTS.index(part)
        return block.table if keep.all() else block.table.filter(pa.array(keep))


def collect(blocks: TableBlocks, split: RowSplit, part: str) -> pa.Table:
    """Return all rows of a part (validation, test), in the files' order."""
    return pa.concat_tables([split.take(block, part) for block in blocks])
