"""The note on held-back rows that a training row equals."""

import numpy as np

from mlpkit import load_config
from mlpkit.runs import prepare
from mlpkit.runs.members import Plan
from mlpkit.runs.repeated import repeated_rows

PARTS = ["train"] * 20 + ["validation"] * 5 + ["test"] * 5


def plan_of(x, ensemble=None):
    table = {"x": x, "part": PARTS, "y": np.arange(30) % 2, "w": np.arange(30.0) / 7}
    job = {
        "data": {"target": "y", "sample_weight": "w"},
        "split": {"column": "part"},
        "ensemble": {"name": "folds", "members": 2} if ensemble else "none",
    }
    prepared = prepare(load_config(job), table)
    return Plan.of(prepared, prepared.config.ensemble)


def test_no_row_comes_twice():
    assert repeated_rows(plan_of(np.arange(30.0))) == []


def test_rows_that_come_again_are_counted_by_part():
    x = np.arange(30.0)
    x[[20, 21, 22]] = x[[0, 0, 3]]
    x[29] = 7
    (note,) = repeated_rows(plan_of(x))
    assert note.startswith("3 of 5 validation rows and 1 of 5 test rows equal a train")
    x[29] = 29
    (note,) = repeated_rows(plan_of(x))
    assert note.startswith("3 of 5 validation rows equal")


def test_the_rows_are_those_that_the_network_sees():
    x = ["a"] * 10 + ["b"] * 10 + ["c"] * 5 + ["d"] * 5
    assert repeated_rows(plan_of(x)) == []  # c and d are unknown, a and b are not
    (note,) = repeated_rows(plan_of([*x[:20], "b", *x[21:]]))
    assert note.startswith("1 of 5 validation rows equal")


def test_folds_are_compared_with_what_their_member_was_trained_on():
    x = np.arange(30.0)
    plan = plan_of(x, ensemble="folds")
    assert repeated_rows(plan) == []
    first, second = (held for _, held in plan.parts)
    x[first[0]] = x[second[0]]
    (note,) = repeated_rows(plan_of(x, ensemble="folds"))
    assert note.startswith("2 of 25 validation rows equal")
    x = np.arange(30.0)
    x[first[0]] = x[first[1]]
    assert repeated_rows(plan_of(x, ensemble="folds")) == []
