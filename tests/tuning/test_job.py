import numpy as np
import pytest

from mlpkit.config import load_config
from mlpkit.errors import DataError
from mlpkit.tuning.job import check_rows
from mlpkit.tuning.setup import prepare_search, tuner_of


def job(penguins, folder, **search):
    space = {"depth": [1], "width": [4, 6], "learning_rate": {"log": [1e-3, 1e-2]}}
    config = {"data": {"target": "species"}, "search": {"space": space, **search}}
    prepared = prepare_search(load_config(config), penguins)
    tuner = tuner_of(prepared, folder, "search")
    return prepared, tuner.hypermodel, tuner.oracle.create_trial("one").hyperparameters


def test_configuration_of_a_trial_is_that_which_is_trained(penguins, tmp_path):
    _, model, hp = job(penguins, tmp_path)
    config = model.bound(11, 0).config(hp)
    assert config.training.seed == 11
    assert config.model.hidden == (hp.get("width"),)
    network = model.bound(11, 0).build(hp)
    again = model.bound(11, 0).build(hp)
    other = model.bound(12, 0).build(hp)
    kernels = [
        m.get_layer("hidden_1").get_weights()[0] for m in (network, again, other)
    ]
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[0], kernels[2])


def test_folds_part_the_rows(penguins, tmp_path):
    prepared, model, _ = job(penguins, tmp_path, folds=3)
    parts = [model.bound(1, i)._prepared.split for i in range(3)]
    held = np.sort(np.concatenate([p.validation for p in parts]))
    all_rows = np.concatenate([prepared.split.train, prepared.split.validation])
    np.testing.assert_array_equal(held, np.sort(all_rows))
    for part in parts:
        assert not set(part.train) & set(part.validation)
        np.testing.assert_array_equal(part.test, prepared.split.test)
    shares = [np.mean(prepared.y[p.validation] == 0) for p in parts]
    assert max(shares) - min(shares) < 0.02  # by class


def test_rows_must_be_enough(penguins):
    config = {"data": {"target": "species"}, "search": {"folds": 1000}}
    with pytest.raises(DataError, match="at most the rows, got 1000"):
        check_rows(prepare_search(load_config(config), penguins))
