from collections import Counter

from mlpkit.tuning.oracles import HyperbandOracle


def oracle(space, **given):
    return HyperbandOracle(
        objective="val_loss", hyperparameters=space, seed=1, max_epochs=9, **given
    )


def test_best_of_each_round_go_on(space, run):
    found = oracle(space)
    values = run(found, lambda v: v["rate"])
    first = [v for v in values if v["tuner/bracket"] == 2 and v["tuner/round"] == 0]
    second = [v for v in values if v["tuner/bracket"] == 2 and v["tuner/round"] == 1]
    assert {v["tuner/epochs"] for v in first} == {1}
    assert {v["tuner/epochs"] for v in second} == {3}
    assert {v["tuner/initial_epoch"] for v in second} == {1}
    lowest = sorted(v["rate"] for v in first)[: len(second)]
    assert sorted(v["rate"] for v in second) == lowest


def test_bracket_is_the_trials_own(space, run):
    found = oracle(space, max_trials=40)
    run(found, lambda v: v["rate"])
    sizes = Counter(
        t.hyperparameters.values["tuner/bracket"] for t in found.trials.values()
    )
    assert set(sizes) == {0, 1, 2}
    for trial in found.trials.values():
        values = trial.hyperparameters.values
        if "tuner/trial_id" in values:
            past = found.trials[values["tuner/trial_id"]].hyperparameters.values
            assert past["tuner/bracket"] == values["tuner/bracket"]


def test_trials_are_limited(space, run):
    assert len(run(oracle(space, max_trials=7))) == 7
