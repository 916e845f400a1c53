import itertools

import keras_tuner
import pytest

from mlpkit.tuning.oracles import GridOracle


@pytest.fixture
def space():
    hp = keras_tuner.HyperParameters()
    hp.Float("rate", 0.0, 1.0, step=0.5)
    hp.Choice("kind", ["a", "b"])
    with hp.conditional_scope("kind", ["b"]):
        hp.Choice("inner", [1, 2])
    return hp


def oracle(space, folder=None, name="grid"):
    found = GridOracle(objective="val_loss", hyperparameters=space, seed=1)
    if folder is not None:
        found.directory = folder
        found._set_project_dir(folder, name)
    return found


def test_every_combination_comes_once(space, run):
    values = run(oracle(space))
    # 'a' alone, 'b' with its two inner values, each at three rates
    assert len(values) == 9 == len({str(v) for v in values})
    assert all(("inner" in v) == (v["kind"] == "b") for v in values)


def test_numbers_change_fastest(run):
    hp = keras_tuner.HyperParameters()
    hp.Float("rate", 0.0, 1.0, step=0.5)
    hp.Choice("width", [8, 16])
    values = run(oracle(hp))
    pairs = [(v["width"], v["rate"]) for v in values]
    assert pairs == list(itertools.product([8, 16], [0.0, 0.5, 1.0]))


@pytest.mark.parametrize("done", [1, 5])
def test_goes_on_where_it_was(space, run, tmp_path, done):
    whole = run(oracle(space))
    begun = run(oracle(space, tmp_path, "again"), trials=done)
    second = oracle(space, tmp_path, "again")
    second.reload()
    assert begun + run(second) == whole
