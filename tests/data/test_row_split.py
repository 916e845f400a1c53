import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mlpkit.data import RowSplit, TableBlocks, collect
from mlpkit.data.row_split import row_hash
from mlpkit.errors import UsageError


def test_fractions_within_chance():
    parts = RowSplit(0.1, 0.3, seed=3).part(np.arange(200_000, dtype=np.uint64))
    shares = np.bincount(parts) / 200_000
    np.testing.assert_allclose(shares, [0.6, 0.1, 0.3], atol=4 * 0.0011)


def test_neighbours_and_seeds_are_independent():
    positions = np.arange(100_000, dtype=np.uint64)
    first, second = (RowSplit(0.5, seed=s).part(positions) for s in (1, 2))
    assert abs((first == second).mean() - 0.5) < 0.01
    assert abs((first[1:] == first[:-1]).mean() - 0.5) < 0.01


def test_hash_against_python_integers():
    def mixed(start, position):
        wrap = 2**64 - 1
        z = (start + (position + 1) * 0x9E3779B97F4A7C15) & wrap
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & wrap
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & wrap
        return z ^ (z >> 31)

    start = int(np.random.SeedSequence((5, 1)).generate_state(1, np.uint64)[0])
    positions = np.array([0, 1, 2**40, 2**63], np.uint64)
    expected = [mixed(start, int(p)) for p in positions]
    assert row_hash(positions, 5, 1).tolist() == expected


def test_parts_are_the_same_rows_in_every_order(tmp_path):
    path = tmp_path / "rows.parquet"
    pa.parquet.write_table(pa.table({"x": range(2000)}), path, row_group_size=100)
    split = RowSplit(0.2, 0.1)
    expected = split.part(np.arange(2000, dtype=np.uint64))
    for block_rows in (7, 100, 5000):
        blocks = TableBlocks(path, block_rows=block_rows)
        for i, part in enumerate(("train", "validation", "test")):
            rows = np.flatnonzero(expected == i).tolist()
            assert collect(blocks, split, part).column("x").to_pylist() == rows
            shuffled = [split.take(b, part) for b in blocks.shuffled(1, 1)]
            found = pa.concat_tables(shuffled).column("x").to_pylist()
            assert found != rows
            assert sorted(found) == rows


def test_bounded():
    split = RowSplit.bounded(10**7, 0.1, 0.01, seed=4)
    assert split == RowSplit(0.02, 0.01, seed=4)
    assert RowSplit.bounded(1000, 0.1).validation_fraction == 0.1


def test_fractions_out_of_range():
    with pytest.raises(UsageError, match=r"together < 1, got 0\.5 and 0\.5"):
        RowSplit(0.5, 0.5)
    with pytest.raises(UsageError, match="must be >= 0"):
        RowSplit(-0.1)
