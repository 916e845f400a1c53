import dataclasses
import itertools

import numpy as np
import pytest

from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import Objective, Parameter, hyperparameter_importance

LOSS = Objective("loss")


def search(count, parameters, score, seed=0):
    """Random trials of a space of numbers in [0, 1]; a score of None failed."""
    generator = np.random.default_rng(seed)
    records = []
    for i in range(count):
        values = {name: float(generator.uniform()) for name in parameters}
        found = score(values, generator)
        status = "completed" if found is not None else "failed"
        records.append(TrialRecord(str(i), i, status, values, i, found))
    space = [Parameter(name, "float", 0.0, 1.0) for name in parameters]
    return records, space


def shares(found):
    return {share.name: share for share in found.shares}


def exact(function, levels):
    """Variance shares of a function on a grid, by its whole table of values."""
    table = np.array([function(*x) for x in itertools.product(*levels)])
    table = table.reshape([len(known) for known in levels])
    axes = range(table.ndim)
    total = [table.var(axis=i).mean() / table.var() for i in axes]
    alone = [
        table.mean(axis=tuple(j for j in axes if j != i)).var() / table.var()
        for i in axes
    ]
    return np.array(total), np.array(alone)


def test_shares_of_a_sum_are_those_of_the_formula():
    records, space = search(300, "abc", lambda v, _: 3 * v["a"] + v["b"])
    found = shares(hyperparameter_importance(records, space, LOSS))
    # Var(3a) : Var(b) = 9 : 1
    assert found["a"].total == pytest.approx(0.9, abs=0.04)
    assert found["b"].total == pytest.approx(0.1, abs=0.04)
    assert found["c"].total < 0.02
    assert list(found) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b, c: a + 2 * b + 0 * c,
        lambda a, b, c: float((a > 1) != (b > 1)) + 0 * c,
        lambda a, b, c: a * b + 3 * (c == 2),
    ],
)
def test_a_full_grid_gives_the_exact_shares(function):
    levels = [range(4)] * 3
    records = [
        TrialRecord(str(i), i, "completed", dict(zip("abc", x, strict=True)), 0, y)
        for i, (x, y) in enumerate(
            (x, float(function(*x))) for x in itertools.product(*levels) for _ in "12"
        )
    ]
    space = [Parameter(name, "int", 0, 3) for name in "abc"]
    found = shares(hyperparameter_importance(records, space, LOSS))
    total, alone = exact(function, levels)
    np.testing.assert_allclose([found[n].total for n in "abc"], total, atol=0.08)
    np.testing.assert_allclose([found[n].alone for n in "abc"], alone, atol=0.08)


def test_the_order_of_choices_says_nothing():
    names = ("u", "v", "w", "x", "y", "z")
    good = {"v", "y"}
    generator = np.random.default_rng(3)
    records = []
    for i in range(60):
        kind, noise = str(generator.choice(names)), float(generator.uniform())
        score = float(kind not in good) + 0.05 * noise
        values = {"kind": kind, "noise": noise}
        records.append(TrialRecord(str(i), i, "completed", values, 0, score))
    found = hyperparameter_importance(records, [], LOSS)
    assert found.shares[0].name == "kind"
    assert found.shares[0].total > 0.95
    assert found.explained > 0.9


def test_where_a_parameter_is_absent_it_changes_nothing():
    generator = np.random.default_rng(4)
    records = []
    for i in range(200):
        depth = int(generator.integers(1, 5))
        values = {"depth": depth}
        for layer in range(1, depth):
            values[f"units_{layer}"] = int(generator.integers(16, 257))
        score = 1.0 / depth
        records.append(TrialRecord(str(i), i, "completed", values, 0, score))
    found = shares(hyperparameter_importance(records, [], LOSS))
    # depth alone decides; that units_3 is there tells that it is 4, and is no merit
    assert found["depth"].total > 0.9
    assert max(found[f"units_{i}"].total for i in (1, 2, 3)) < 0.1


def test_a_conditional_parameter_that_matters_is_found():
    generator = np.random.default_rng(5)
    records = []
    for i in range(200):
        values = {"optimizer": str(generator.choice(["sgd", "adam"]))}
        score = 0.5
        if values["optimizer"] == "sgd":
            values["momentum"] = float(generator.uniform())
            score = values["momentum"]
        values["other"] = float(generator.uniform())
        records.append(TrialRecord(str(i), i, "completed", values, 0, score))
    found = shares(hyperparameter_importance(records, [], LOSS))
    assert found["momentum"].total > 0.8
    assert found["other"].total < 0.1


@pytest.mark.parametrize("count", [5, 10, 20])
def test_few_trials_give_sane_shares(count):
    def score(values, generator):
        return (values["a"] - 0.3) ** 2 + 0.01 * generator.normal()

    found = [
        hyperparameter_importance(*search(count, "abcd", score, seed), LOSS)
        for seed in range(5)
    ]
    for one in found:
        assert len(one.shares) == 4
        for share in one.shares:
            assert 0 <= share.alone <= share.total + 1e-12 <= 1 + 1e-9
    if count == 20:
        assert [one.shares[0].name for one in found].count("a") >= 4


def test_noise_is_owned_up():
    records, space = search(40, "abc", lambda _, generator: generator.normal())
    assert hyperparameter_importance(records, space, LOSS).explained < 0.2


def test_one_wild_trial_is_not_all_of_the_variance():
    records, space = search(60, "ab", lambda v, _: v["a"])
    records[7] = dataclasses.replace(records[7], score=1e9)
    found = hyperparameter_importance(records, space, LOSS)
    assert found.shares[0].name == "a"
    assert found.shares[0].total > 0.8


def test_diverged_trials_count_as_bad():
    records, space = search(80, "ab", lambda v, _: 0.1 * v["a"])
    records = [
        dataclasses.replace(r, status="invalid", score=None)
        if r.values["b"] > 0.8
        else r
        for r in records
    ]
    found = shares(hyperparameter_importance(records, space, LOSS))
    assert found["b"].total > 0.2


def test_failed_trials_count_for_nothing():
    records, space = search(40, "ab", lambda v, _: v["a"])
    failed = [dataclasses.replace(records[0], status="failed", number=99)]
    found = hyperparameter_importance(records, space, LOSS)
    assert hyperparameter_importance(records + failed, space, LOSS) == found
    assert found.trials == 40


def test_maximum_and_minimum_are_the_same_task():
    records, space = search(50, "ab", lambda v, _: v["a"])
    turned = [dataclasses.replace(r, score=-r.score) for r in records]
    up = hyperparameter_importance(turned, space, Objective("loss", "max"))
    assert up == hyperparameter_importance(records, space, LOSS)


def test_of_several_objectives_each_has_its_own():
    records, space = search(60, "ab", lambda *_: 0.0)
    records = [
        dataclasses.replace(
            r, metrics={"loss": r.values["a"], "time": r.values["b"]}, score=7.0
        )
        for r in records
    ]
    for name, best in (("loss", "a"), ("time", "b")):
        found = hyperparameter_importance(records, space, Objective(name))
        assert found.shares[0].name == best
        assert found.shares[0].total > 0.95


@pytest.mark.parametrize("scale", [1e-320, 1e-30, 1e300])
def test_the_unit_of_the_objective_does_not_matter(scale):
    records, space = search(40, "ab", lambda v, _: v["a"])
    scaled = [dataclasses.replace(r, score=r.score * scale) for r in records]
    found = hyperparameter_importance(scaled, space, LOSS).shares
    assert found[0].name == "a"
    assert found[0].total > 0.95


def test_what_was_never_tried_has_no_share():
    records, space = search(20, "a", lambda v, _: v["a"])
    space += [Parameter("b", "choice"), Parameter("c", "int", 1, 4)]
    found = hyperparameter_importance(records, space, LOSS)
    assert [share.name for share in found.shares] == ["a"]


def test_same_seed_same_bits():
    given = search(30, "ab", lambda v, _: v["a"])
    first = hyperparameter_importance(*given, LOSS, seed=5)
    assert hyperparameter_importance(*given, LOSS, seed=5) == first
    assert hyperparameter_importance(*given, LOSS, seed=6) != first


@pytest.mark.parametrize(
    "records",
    [
        [],
        search(3, "a", lambda v, _: v["a"])[0],
        search(20, "a", lambda *_: 1.0)[0],
        search(20, "", lambda *_: 1.0)[0],
    ],
)
def test_nothing_to_tell(records):
    assert hyperparameter_importance(records, [], LOSS).shares == ()


def test_a_constant_parameter_has_no_share():
    records, space = search(30, "a", lambda v, _: v["a"])
    records = [
        dataclasses.replace(r, values={**r.values, "fixed": 3, "one": "x"})
        for r in records
    ]
    found = shares(hyperparameter_importance(records, space, LOSS))
    assert found["fixed"].total == found["one"].total == 0
