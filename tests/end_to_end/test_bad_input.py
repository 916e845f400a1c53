"""Tables that are awkward: each works, or ends in a clear error; no answer is NaN."""

import numpy as np
import pytest

import mlpkit
from mlpkit.errors import DataError, UsageError

pytestmark = pytest.mark.slow

ROWS = 120


def values(seed=0, rows=ROWS):
    return np.random.default_rng(seed).normal(size=rows)


def train(tmp_path, table, **changes):
    job = {
        "report": False,
        "data": {"target": "y"},
        "model": {"hidden": [8]},
        "training": {"epochs": 2},
        **changes,
    }
    return mlpkit.train(job, data=table, folder=tmp_path)


def finite(run, table):
    """The answers to a table, once all numbers in them and in the metrics are sound."""
    answers = run.predict(table)
    for column in answers.columns:
        if column.type in ("float", "double"):
            assert np.isfinite(column.to_numpy()).all()
    for model in ("network", "baseline"):
        for by_metric in run.metrics[model].values():
            assert np.isfinite(list(by_metric.values())).all()
    return answers


def test_constant_target_of_a_regression(tmp_path):
    table = {"x": values(), "y": np.full(ROWS, 3.5)}
    given = {"training": {"epochs": 60, "learning_rate": 0.01}}
    run = train(tmp_path, table, **given, decision={"clamp": True}, report=True)
    assert finite(run, table)["prediction"].to_numpy() == pytest.approx(3.5)
    quantiles = {"hidden": [8], "quantiles": [0.1, 0.9]}
    finite(train(tmp_path, table, model=quantiles), table)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a"] * ROWS, "must have two or more classes, got 'a' in every row"),
        ([3] * ROWS, "must have two or more classes, got 3 in every row"),
        ([f"k{i}" for i in range(ROWS)], "classes must repeat, got 120 different"),
        (
            ["a"] * (ROWS - 1) + ["b"],
            "every class needs a row in each .* 'b' has 1;.* split.validation_frac",
        ),
        (np.append(values(rows=ROWS - 1), np.inf), "must be finite, got inf in row"),
        (values() * 1e300, r"must be within ±1e\+37, got .*e\+\d+ in row"),
    ],
)
def test_targets_that_cannot_be_learned(tmp_path, y, message):
    with pytest.raises(DataError, match=f"target 'y': {message}"):
        train(tmp_path, {"x": values(), "y": y})


def test_large_whole_numbers_as_target(tmp_path):
    y = np.random.default_rng(0).integers(-(2**62), 2**62, ROWS) * 2
    run = train(tmp_path, {"x": values(), "y": y})
    answers = finite(run, {"x": values()})["prediction"].to_numpy()
    assert np.abs(answers).max() < 2.0**65
    unsigned = np.random.default_rng(0).integers(0, 2**64 - 1, ROWS, dtype=np.uint64)
    finite(train(tmp_path, {"x": values(), "y": unsigned}), {"x": values()})


@pytest.mark.parametrize("recipe", ["none", "default"])
def test_more_columns_than_rows(tmp_path, recipe):
    x = values(rows=30 * 100).reshape(30, 100)
    table = {f"x{i}": x[:, i] for i in range(100)}
    table["y"] = np.where(x[:, 0] > 0, "a", "b").tolist()
    finite(train(tmp_path, table, recipe=recipe), table)


def awkward():
    """Columns of every trouble at once, beside one that tells the target."""
    rng = np.random.default_rng(1)
    whole = rng.integers(-(2**62), 2**62, ROWS) * 2
    whole[:3] = 2**63 - 1, -(2**63), -(2**63) + 1
    infinite = values(2)
    infinite[:2] = np.inf, -np.inf
    nearly_empty = np.full(ROWS, np.nan)
    nearly_empty[0] = 1.0
    return {
        "x": values(),
        "category": rng.choice(["a", "b"], ROWS).tolist(),
        "many": rng.choice([f"k{i}" for i in range(30)], ROWS).tolist(),
        "empty": [None] * ROWS,
        "nan": np.full(ROWS, np.nan),
        "nearly_empty": nearly_empty,
        "all_infinite": np.full(ROWS, np.inf),
        "infinite": infinite,
        "huge": values(3) * 1e300,
        "tiny": values(3) * 1e-300,
        "int64": whole,
        "uint64": rng.integers(0, 2**64 - 1, ROWS, dtype=np.uint64),
        "constant": np.ones(ROWS),
    }


@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_awkward_columns(tmp_path, task):
    table = awkward()
    y = table["x"] if task == "regression" else np.digitize(table["x"], (-0.5, 0.5))
    table["y"] = y if task == "regression" else [f"k{c}" for c in y]
    run = train(tmp_path, table, report=True)
    finite(run, table)
    never_seen = {
        **table,
        "category": ["new"] * ROWS,
        "many": [None] * ROWS,
        "x": np.full(ROWS, np.inf),
        "huge": np.full(ROWS, -1e308),
        "infinite": np.full(ROWS, 2**62 + 1),
        "int64": np.full(ROWS, 2**63 - 1),
        "uint64": np.full(ROWS, 2**64 - 1, np.uint64),
    }
    finite(run, never_seen)
    assert "no value in any row" in (run.path / "report.html").read_text()


def test_only_empty_columns(tmp_path):
    table = {"a": [None] * ROWS, "b": np.full(ROWS, np.nan), "y": values()}
    with pytest.raises(DataError, match="every one is left out: a: .* b: left out"):
        train(tmp_path, table)


def test_weights_of_zero(tmp_path):
    table = {"x": values(), "y": values(1), "w": np.zeros(ROWS)}
    weighted = {"data": {"target": "y", "sample_weight": "w"}}
    with pytest.raises(DataError, match="finite numbers >= 0, not all 0"):
        train(tmp_path, table, **weighted)
    parts = np.repeat(["train", "validation", "test"], ROWS // 3)
    for part in ("train", "validation", "test"):
        given = {**table, "w": (parts != part).astype(float), "part": parts.tolist()}
        with pytest.raises(DataError, match=f"{part} rows must have a weight above 0"):
            train(tmp_path, given, **weighted, split={"column": "part"})
    half = {**table, "w": (np.arange(ROWS) % 2).astype(float)}
    finite(train(tmp_path, half, **weighted), half)


def test_the_same_rows_in_every_part(tmp_path):
    few = {"x": values(rows=10), "c": list("abcdefghij"), "y": values(1, rows=10)}
    table = {k: np.tile(np.asarray(v), 12).tolist() for k, v in few.items()}
    finite(train(tmp_path, table), table)


def test_hardly_any_rows(tmp_path):
    with pytest.raises(DataError, match="a split into 3 parts needs as many rows"):
        train(tmp_path, {"x": [1.0, 2.0], "y": [0.5, 1.5]})
    alone = {"validation_fraction": 0, "test_fraction": 0}
    table = {"x": [1.0, 2.0], "y": [0.5, 1.5]}
    finite(train(tmp_path, table, split=alone, report=True), table)
    with pytest.raises(UsageError, match="is chosen on validation rows"):
        train(
            tmp_path,
            {"x": values(), "y": np.where(values() > 0, "a", "b").tolist()},
            split=alone,
            decision={"threshold": "f1"},
        )
