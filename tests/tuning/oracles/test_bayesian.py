import math

import keras_tuner
import numpy as np
import pytest

from mlpkit.tuning.oracles import BayesianOracle, RandomOracle


def oracle(space, **given):
    return BayesianOracle(objective="val_loss", hyperparameters=space, seed=1, **given)


def line():
    hp = keras_tuner.HyperParameters()
    hp.Float("x", 0.0, 1.0)
    hp.Float("y", 0.0, 1.0)
    return hp


def valley(values):
    return (values["x"] - 0.3) ** 2 + (values["y"] - 0.8) ** 2


def test_finds_the_valley_where_chance_does_not(run):
    guided = run(oracle(line(), max_trials=20, num_initial_points=6), valley)
    chance = RandomOracle(
        objective="val_loss", hyperparameters=line(), seed=1, max_trials=20
    )
    blind = [valley(v) for v in run(chance, valley)]
    best = min(valley(v) for v in guided)
    assert best < 1e-3
    assert best < min(blind)


def test_twelve_points_are_tried_once_each(run):
    hp = keras_tuner.HyperParameters()
    hp.Int("a", 1, 4)
    hp.Choice("b", ["x", "y", "z"])
    values = run(oracle(hp, max_trials=50, num_initial_points=3), lambda v: v["a"])
    assert len(values) == 12 == len({str(v) for v in values})


def test_running_trials_are_not_proposed_beside(run):
    found = oracle(line(), max_trials=30, num_initial_points=4)
    run(found, valley, trials=8)
    side = [found.create_trial(f"worker{i}").hyperparameters.values for i in range(3)]
    gaps = [
        math.dist((a["x"], a["y"]), (b["x"], b["y"]))
        for i, a in enumerate(side)
        for b in side[:i]
    ]
    assert min(gaps) > 1e-3


def test_same_seed_same_proposals(run, tmp_path):
    runs = [
        run(oracle(line(), max_trials=9, num_initial_points=4), valley)
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


def test_highest_is_looked_for_where_more_is_better(run):
    found = BayesianOracle(
        objective=keras_tuner.Objective("val_auc", "max"),
        hyperparameters=line(),
        seed=1,
        max_trials=20,
        num_initial_points=6,
    )
    best = max(-valley(v) for v in run(found, lambda v: -valley(v)))
    assert best > -1e-3


@pytest.mark.parametrize("score", [0.0, 1e30])
def test_equal_scores_are_no_hindrance(run, score):
    values = run(oracle(line(), max_trials=6, num_initial_points=3), lambda _: score)
    assert len(values) == 6
    assert np.isfinite([v["x"] for v in values]).all()
