import numpy as np
import pyarrow as pa
import pytest

from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation import permutation_importance

RNG = np.random.default_rng(2)
ROWS = 400
TABLE = pa.table(
    {
        "noise": RNG.normal(size=ROWS),
        "small": RNG.normal(size=ROWS),
        "large": RNG.normal(size=ROWS),
        "unit": RNG.choice(["m", None, "km"], ROWS),
    }
)
Y = (TABLE["small"].to_numpy() + 3 * TABLE["large"].to_numpy())[:, None]


def exact(table):
    return (table["small"].to_numpy() + 3 * table["large"].to_numpy())[:, None]


def by_name(found):
    return {row.pop("column"): row for row in found.to_pylist()}


def test_of_a_linear_model():
    """The mean squared error of a permuted column is twice its variance."""
    found = permutation_importance(TABLE, Y, exact, "regression", repeats=20)
    assert found["column"].to_pylist() == ["large", "small", "noise", "unit"]
    rows = by_name(found)
    for name, factor in (("small", 1), ("large", 3)):
        expected = factor * np.sqrt(2 * TABLE[name].to_numpy().var())
        assert rows[name]["importance"] == pytest.approx(expected, rel=0.05)
        assert 0 < rows[name]["std"] < 0.1 * expected
    assert rows["noise"] == rows["unit"] == {"importance": 0, "std": 0}


def test_by_hand_with_the_same_permutations():
    found = by_name(
        permutation_importance(TABLE, Y, exact, "regression", repeats=2, seed=9)
    )
    generator = np.random.default_rng(9)
    small = TABLE["small"].to_numpy()
    drops = [
        np.sqrt(np.mean((small[generator.permutation(ROWS)] - small) ** 2))
        for _ in range(2)
    ]
    assert found["small"]["importance"] == pytest.approx(np.mean(drops))
    assert found["small"]["std"] == pytest.approx(np.std(drops, ddof=1))


def test_same_seed_same_bits_and_no_column_changes_another():
    whole = permutation_importance(TABLE, Y, exact, "regression")
    again = permutation_importance(TABLE, Y, exact, "regression")
    alone = permutation_importance(TABLE, Y, exact, "regression", columns=["small"])
    other = permutation_importance(TABLE, Y, exact, "regression", seed=2)
    assert whole.equals(again)
    assert by_name(alone)["small"] == by_name(whole)["small"]
    assert not whole.equals(other)


def test_metric_where_higher_is_better():
    y = (TABLE["large"].to_numpy() > 0).astype(int)

    def scores(table):
        p = 1 / (1 + np.exp(-table["large"].to_numpy()))
        return np.stack([1 - p, p], 1)

    found = by_name(permutation_importance(TABLE, y, scores, "binary"))
    assert found["large"]["importance"] == pytest.approx(0.5, abs=0.05)  # AUC 1 → 0.5
    found = by_name(
        permutation_importance(TABLE, y, scores, "binary", metric="log_loss")
    )
    assert found["large"]["importance"] > 0.1


def test_a_block_is_permuted_row_by_row():
    table = pa.table({"a": np.arange(50.0), "b": -np.arange(50.0)})
    seen = []

    def scores(t):
        seen.append(t)
        return (t["a"].to_numpy() + t["b"].to_numpy())[:, None]

    y = np.zeros((50, 1))
    together = permutation_importance(
        table, y, scores, "regression", columns={"both": ["a", "b"], "a": ["a"]}
    )
    assert by_name(together)["both"]["importance"] == 0
    assert by_name(together)["a"]["importance"] > 0
    assert seen[1]["a"].to_pylist() != table["a"].to_pylist()
    assert all(t.schema == table.schema for t in seen)


def test_chunks_texts_and_missing_values():
    chunked = pa.concat_tables([TABLE.slice(0, 100), TABLE.slice(100)])
    found = permutation_importance(
        chunked,
        Y,
        lambda t: np.array([[len(v or "")] for v in t["unit"].to_pylist()]),
        "regression",
        columns=["unit"],
    )
    assert found["column"].to_pylist() == ["unit"]


def test_weight_stays_with_its_row():
    weight = RNG.uniform(size=ROWS) ** 4
    found = permutation_importance(
        TABLE, Y, exact, "regression", repeats=2, seed=9, sample_weight=weight
    )
    generator = np.random.default_rng(9)
    small = TABLE["small"].to_numpy()
    changes = [(small[generator.permutation(ROWS)] - small) ** 2 for _ in range(2)]
    drops = [np.sqrt(np.average(change, weights=weight)) for change in changes]
    assert by_name(found)["small"]["importance"] == pytest.approx(np.mean(drops))


def test_progress():
    said = []
    permutation_importance(
        TABLE,
        Y,
        exact,
        "regression",
        columns=["small", "large"],
        repeats=2,
        progress=lambda done, total: said.append((done, total)),
    )
    assert said == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"columns": ["smal"]}, UsageError, "no column 'smal'; did you mean 'small'"),
        ({"columns": {"all": []}}, UsageError, "block 'all' must have columns"),
        ({"metric": "auc"}, UsageError, "no metric 'auc'; known: mae, r2, rmse"),
        ({"repeats": 1}, UsageError, "repeats must be >= 2, got 1"),
        ({"y": Y[1:]}, DataError, "got y 399, table 400"),
        ({"table": TABLE[:1], "y": Y[:1]}, DataError, "two rows or more"),
    ],
)
def test_bad_input(arguments, error, said):
    given = {"table": TABLE, "y": Y, "scores": exact, "task": "regression"}
    with pytest.raises(error, match=said):
        permutation_importance(**{**given, **arguments})


def test_metric_undefined_for_the_rows():
    with pytest.raises(DataError, match="'auc' is undefined for these rows"):
        permutation_importance(
            TABLE,
            np.zeros(ROWS, int),
            lambda t: np.full((t.num_rows, 2), 0.5),
            "binary",
        )
