from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mlpkit.data import (
    RowSplit,
    TableBlocks,
    infer_columns,
    infer_target,
    read_table,
    survey,
)
from mlpkit.errors import DataError, UsageError

SHIPPED = Path(__file__).parents[2] / "configs" / "data"


def blocks_of(tmp_path, columns, **arguments):
    path = tmp_path / "rows.parquet"
    pa.parquet.write_table(pa.table(columns), path, row_group_size=100)
    return TableBlocks(path, **arguments)


@pytest.mark.parametrize(
    ("name", "target"),
    [("penguins.csv", "species"), ("wage.parquet", None), ("yeast.parquet", None)],
)
def test_a_table_that_fits_is_told_as_in_memory(name, target):
    table = read_table(SHIPPED / name)
    target = [target or table.column_names[-1]]
    found = survey(TableBlocks(SHIPPED / name, block_rows=50), target)
    assert found.sample.equals(table)
    assert found.rows == table.num_rows
    assert found.targets.num_rows == 0
    assert found.columns(exclude=target) == infer_columns(table, exclude=target)
    assert found.target(target) == infer_target(table, target)


def test_the_sample_does_not_hang_on_the_blocks(tmp_path):
    columns = {"x": range(5000)}
    samples = [
        survey(blocks_of(tmp_path, columns, block_rows=n), sample_rows=300)
        for n in (7, 100, 5000)
    ]
    rows = samples[0].sample.column("x").to_numpy()
    assert len(set(rows.tolist())) == 300
    assert (np.diff(rows) > 0).all()  # in the file's order
    for other in samples[1:]:
        assert other.sample.equals(samples[0].sample)
    assert samples[0].positions.tolist() == rows.tolist()
    other = survey(blocks_of(tmp_path, columns), sample_rows=300, seed=2)
    assert not other.sample.equals(samples[0].sample)


def test_the_sample_is_uniform(tmp_path):
    blocks = blocks_of(tmp_path, {"x": range(1000)})
    taken = np.zeros(1000)
    for seed in range(200):
        taken[survey(blocks, seed=seed, sample_rows=100).sample.column("x")] += 1
    assert taken.sum() == 200 * 100
    by_group = taken.reshape(10, 100).sum(axis=1)  # expected 2000, deviation 42
    assert abs(by_group - 2000).max() < 4.5 * 42
    assert taken.max() < 45  # expected 20, deviation 4.2


def test_rare_classes_are_found(tmp_path):
    y = ["yes", "no"] * 1000
    y[1234] = "perhaps"
    y[77] = None
    found = survey(blocks_of(tmp_path, {"y": y}), ["y"], sample_rows=20)
    assert "perhaps" not in found.sample.column("y").to_pylist()
    assert found.target(["y"]).classes == ("no", "perhaps", "yes")


def test_one_fraction_among_whole_numbers_makes_a_regression(tmp_path):
    y = [1.0, 2.0, 3.0] * 500
    y[777] = 1.5
    found = survey(blocks_of(tmp_path, {"y": y}), ["y"], sample_rows=30)
    assert found.target(["y"]).task == "regression"


def test_rare_labels_in_yes_no_columns(tmp_path):
    a, b = ["no"] * 900, ["yes", "no"] * 450
    a[500] = "yes"
    found = survey(blocks_of(tmp_path, {"a": a, "b": b}), ["a", "b"], sample_rows=30)
    assert found.target(["a", "b"]).task == "multilabel"
    assert "yes" in found.targets.column("a").to_pylist()


def test_identifiers_are_told_from_a_sample(tmp_path):
    generator = np.random.default_rng(0)
    columns = {
        "id": generator.permutation(3000),
        "amount": generator.integers(0, 10**9, 3000),
    }
    found = survey(blocks_of(tmp_path, columns), sample_rows=100)
    assert [c.kind for c in found.columns()] == ["ignore", "numeric"]


def test_part_leaves_out_unknown_targets(tmp_path):
    y = [None if i % 3 == 0 else float(i) + 0.5 for i in range(300)]
    found = survey(blocks_of(tmp_path, {"y": y, "x": range(300)}), ["y"])
    split = RowSplit(0.5)
    train = found.part(split, "train", found.target(["y"])).column("x").to_numpy()
    expected = split.part(np.arange(300, dtype=np.uint64)) == 0
    assert train.tolist() == [i for i in range(300) if expected[i] and i % 3]


def test_unknown_target(tmp_path):
    with pytest.raises(UsageError, match="no such column"):
        survey(blocks_of(tmp_path, {"x": [1]}), ["y"])


@pytest.mark.parametrize(
    ("odd", "usual", "kinds"),
    [
        ("2024-02-30", "2024-02-29", {}),
        ("soon", "2024-02-29", {}),
        ("soon", "2024-02-29", {"d": "datetime"}),
        ("soon", "17.5", {}),
    ],
)
def test_no_error_counts_by_the_rows_of_a_sample(tmp_path, odd, usual, kinds):
    texts = [odd if i % 20 == 19 else usual for i in range(1000)]
    for rows, told in ((100, False), (1000, True)):
        found = survey(blocks_of(tmp_path, {"d": texts}), sample_rows=rows)
        with pytest.raises(DataError, match="column 'd': values must be") as caught:
            found.columns(kinds=kinds)
        assert odd in str(caught.value)
        assert ("in row 19" in str(caught.value)) is told
        assert ("row" in str(caught.value)) is told


@pytest.mark.parametrize(
    ("y", "task", "said"),
    [
        ([1.5, float("inf")] * 500, "regression", "must be finite, got inf"),
        ([1.5, 1e38] * 500, "regression", "must be within"),
        ([f"{i}.5" if i % 5 else f"a{i}" for i in range(1000)], None, "must repeat"),
    ],
)
def test_nor_does_one_of_the_target(tmp_path, y, task, said):
    for rows, told in ((100, False), (1000, True)):
        found = survey(blocks_of(tmp_path, {"y": y}), ["y"], sample_rows=rows)
        with pytest.raises(DataError, match=said) as caught:
            found.target(["y"], task)
        assert ("in row" in str(caught.value)) is told
