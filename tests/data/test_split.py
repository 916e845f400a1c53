import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit.config import SplitConfig
from mlpkit.data import Split, infer_target, read_table, split_rows
from mlpkit.errors import DataError, UsageError


def split_of(values, seed=1, **config):
    table = read_table({"y": values})
    return split_rows(
        table, infer_target(table, ["y"]), SplitConfig(**config), seed=seed
    )


@settings(max_examples=30)
@given(
    counts=st.lists(st.integers(3, 60), min_size=2, max_size=5),
    seed=st.integers(0, 1000),
)
def test_parts_cover_all_rows_once_and_every_class(counts, seed):
    labels = [f"class {i}" for i, n in enumerate(counts) for _ in range(n)]
    split = split_of(labels, seed=seed)
    parts = list(split.parts().values())
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))
    for part in parts:
        assert {labels[row] for row in part} == set(labels)


def test_shares_and_seed():
    values = [i / 7 for i in range(1000)]
    split = split_of(values, validation_fraction=0.2, test_fraction=0.1)
    assert [len(p) for p in split.parts().values()] == [700, 200, 100]
    again = split_of(values, validation_fraction=0.2, test_fraction=0.1)
    other = split_of(values, seed=2, validation_fraction=0.2, test_fraction=0.1)
    assert np.array_equal(split.test, again.test)
    assert not np.array_equal(split.test, other.test)


def test_a_part_may_be_left_out():
    split = split_of([i / 7 for i in range(20)], test_fraction=0)
    assert len(split.test) == 0
    assert len(split.train) + len(split.validation) == 20


def test_by_column():
    table = read_table({"y": [1.5, 2.5, 3.5], "part": ["test", "train", "validation"]})
    target = infer_target(table, ["y"])
    split = split_rows(table, target, SplitConfig(column="part"), seed=1)
    assert [p.tolist() for p in split.parts().values()] == [[1], [2], [0]]
    with pytest.raises(UsageError, match="did you mean 'part'"):
        split_rows(table, target, SplitConfig(column="prt"), seed=1)
    bad = read_table({"y": [1.5, 2.5], "part": ["train", "tset"]})
    with pytest.raises(DataError, match="got tset"):
        split_rows(bad, target, SplitConfig(column="part"), seed=1)


def test_class_with_fewer_rows_than_parts():
    with pytest.raises(DataError, match="class 'rare' has 2"):
        split_of(["a"] * 20 + ["rare"] * 2)


def test_parts_that_train_together():
    split = Split(np.array([1, 4]), np.array([0]), np.array([2, 3]))
    assert split.trained_on("train") is split
    both = split.trained_on("train_and_validation")
    assert [p.tolist() for p in both.parts().values()] == [[0, 1, 4], [], [2, 3]]
    whole = split.trained_on("all")
    assert [p.tolist() for p in whole.parts().values()] == [[0, 1, 2, 3, 4], [], []]
