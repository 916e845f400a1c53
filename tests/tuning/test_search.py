import keras
import keras_tuner
import numpy as np
import pytest

import mlpkit
from mlpkit.errors import DataError, UsageError
from mlpkit.tuning import Tuner

CONFIG = {
    "name": "birds",
    "data": {"target": "species"},
    "training": {"epochs": 3, "learning_rate": 1e-3},
    "search": {"trials": 3, "depth": [0, 2], "width": [4, 8]},
}


@pytest.mark.slow
@pytest.mark.parametrize("oracle", ["random", "bayesian"])
def test_search_finds_a_configuration_that_trains(penguins, tmp_path, oracle):
    lines = []
    result = mlpkit.tune(
        CONFIG,
        data=penguins,
        overrides=[f"search.oracle={oracle}"],
        folder=tmp_path,
        report=lines.append,
    )
    assert len(lines) == result.trials.num_rows == 3
    losses = result.trials.column("val_loss").to_pylist()
    assert losses == sorted(losses)
    best = mlpkit.load_config(result.path / "best.toml")
    assert best.model.hidden == result.best_config.model.hidden
    assert 1e-4 <= best.training.learning_rate <= 1e-2
    run = mlpkit.train(best, data=penguins, folder=tmp_path)
    # the same settings, seed and rows: the loss of the trial, to the bit
    assert min(run.history["val_loss"]) == losses[0]


def test_search_needs_validation_rows(penguins, tmp_path):
    config = {**CONFIG, "split": {"validation_fraction": 0}}
    with pytest.raises(DataError, match="validation_fraction must be > 0"):
        mlpkit.tune(config, data=penguins, folder=tmp_path)


@pytest.mark.slow
def test_tuner_takes_any_build_function(tmp_path):
    def build(hp):
        units = hp.Int("units", 2, 6)
        model = keras.Sequential(
            [keras.Input((2,)), keras.layers.Dense(units), keras.layers.Dense(1)]
        )
        model.compile("adam", "mse")
        return model

    oracle = keras_tuner.oracles.RandomSearchOracle(
        objective=keras_tuner.Objective("val_loss", "min"), max_trials=2, seed=1
    )
    tuner = Tuner(build, oracle=oracle, directory=tmp_path, project_name="any")
    x = np.ones((20, 2), np.float32)
    tuner.search(x, x[:, :1], epochs=2, validation_data=(x, x[:, :1]), verbose=0)
    assert isinstance(tuner, keras_tuner.Tuner)
    with pytest.raises(UsageError, match="leave no weights"):
        tuner.get_best_models()
    assert tuner.get_best_hyperparameters(1)[0].get("units") in range(2, 7)


def test_wrong_arguments_end_the_search_at_once(tmp_path):
    def build(hp):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(hp.Float("rate", 0.1, 0.2)), "mse")
        return model

    oracle = keras_tuner.oracles.RandomSearchOracle("val_loss", max_trials=3)
    tuner = mlpkit.tuning.Tuner(build, oracle=oracle, directory=tmp_path)
    x = np.ones((8, 1), np.float32)
    with pytest.raises(keras_tuner.errors.FatalError, match="validation_splits"):
        tuner.search(x, x, validation_splits=0.2, verbose=0)


def test_another_search_has_its_own_folder(penguins, tmp_path):
    short = {**CONFIG, "training": {"epochs": 1}}
    paths = {
        mlpkit.tune(
            short, data=penguins, overrides=[f"search.trials={n}"], folder=tmp_path
        ).path.name
        for n in (1, 2)
    }
    assert len(paths) == 2
