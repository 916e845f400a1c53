import itertools

from mlpkit.tuning.oracles import RandomOracle
from mlpkit.tuning.oracles.structure import structure


def oracle(space, **given):
    return RandomOracle(objective="val_loss", hyperparameters=space, seed=1, **given)


def test_trials_of_one_architecture_follow_each_other(space, run):
    values = run(oracle(space, max_trials=32))
    keys = [structure(space.space, v) for v in values]
    changes = sum(a != b for a, b in itertools.pairwise(keys))
    assert changes == len(set(keys)) - 1
    assert len({str(v) for v in values}) == 32


def test_goes_on_where_it_was(space, run, tmp_path):
    whole = run(oracle(space, max_trials=12))
    first = oracle(space, max_trials=12)
    first.directory = tmp_path
    first._set_project_dir(tmp_path, "again")
    begun = run(first, trials=5)
    second = oracle(space, max_trials=12)
    second.directory = tmp_path
    second._set_project_dir(tmp_path, "again")
    second.reload()
    assert begun + run(second) == whole


def test_small_space_is_gone_through(run):
    import keras_tuner

    hp = keras_tuner.HyperParameters()
    hp.Choice("a", [1, 2, 3])
    hp.Boolean("b")
    assert len(run(oracle(hp, max_trials=100))) == 6
