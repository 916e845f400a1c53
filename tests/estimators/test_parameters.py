import inspect

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier as Theirs

import mlpkit
from mlpkit.config import Config
from mlpkit.errors import UsageError
from mlpkit.estimators.parameters import configuration, seed_of

DATA = {"target": ["y"], "task": "binary"}


def config(**params):
    return configuration(mlpkit.MLPClassifier(**params).get_params(), DATA)


def test_what_is_left_is_mlpkits_own():
    own = Config.model_validate({"data": DATA})
    assert config() == own
    assert config(batch_size=None, learning_rate=None, solver="auto") == own


def test_every_parameter_has_scikit_learns_name_where_it_has_one():
    theirs = set(inspect.signature(Theirs).parameters)
    for estimator in (mlpkit.MLPClassifier, mlpkit.MLPRegressor):
        assert theirs <= set(inspect.signature(estimator).parameters)


def test_parameters_reach_the_configuration():
    found = config(
        hidden_layer_sizes=[7, np.int64(3)],
        activation="logistic",
        solver="rmsprop",
        batch_size=9,
        learning_rate="one_cycle",
        learning_rate_init=0.5,
        max_iter=4,
        random_state=11,
        validation_fraction=0.3,
        dropout=0.4,
        batch_norm=True,
        columns={"a": "categorical"},
    )
    assert found.model.hidden == (7, 3)
    assert found.model.activation.name == "sigmoid"
    assert (found.model.dropout, found.model.batch_norm) == (0.4, True)
    training = found.training
    assert training.optimizer.name == "rmsprop"
    assert (training.batch_size, training.epochs) == (9, 4)
    assert (training.learning_rate, training.schedule.name) == (0.5, "one_cycle")
    assert (found.seed, found.split.validation_fraction) == (11, 0.3)
    assert found.columns == {"a": "categorical"}


@pytest.mark.parametrize(
    ("params", "name", "options"),
    [
        ({"solver": "sgd"}, "nesterov", {"momentum": 0.9}),
        ({"solver": "sgd", "nesterovs_momentum": False}, "momentum", {"momentum": 0.9}),
        ({"solver": "sgd", "momentum": 0}, "sgd", {}),
        ({"solver": "adam", "beta_1": 0.8}, "adam", {"beta_1": 0.8}),
        ({"beta_2": 0.99, "epsilon": 1e-5}, "adam", {"beta_2": 0.99, "epsilon": 1e-5}),
        ({"solver": "nadam", "momentum": 0.9}, "nadam", {}),
    ],
)
def test_solvers(params, name, options):
    optimizer = config(**params).training.optimizer
    assert (optimizer.name, optimizer.params) == (name, options)


def test_settings_of_the_configuration_stand_under_the_parameters():
    settings = {"training": {"epochs": 3, "precision": "mixed_bfloat16"}}
    found = config(config=settings, max_iter=5).training
    assert (found.epochs, found.precision) == (5, "mixed_bfloat16")


def test_a_recipe_stands_under_both(monkeypatch):
    from mlpkit.estimators import recipes

    slow = {"training": {"epochs": 7, "learning_rate": 0.3}, "model": {"dropout": 0.0}}
    monkeypatch.setitem(recipes.RECIPES, "slow", slow)
    found = config(recipe="slow", learning_rate_init=0.1)
    assert (found.training.epochs, found.training.learning_rate) == (7, 0.1)
    assert found.model.dropout == 0
    assert (
        config(recipe="slow", config={"training": {"epochs": 2}}).training.epochs == 2
    )
    assert slow["training"] == {"epochs": 7, "learning_rate": 0.3}


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"alpha": -1}, "alpha must be >= 0, or None for mlpkit's own, got -1"),
        ({"batch_size": 0}, "batch_size must be an integer >= 1"),
        ({"max_iter": 2.5}, "max_iter must be an integer >= 1"),
        ({"max_iter": True}, "max_iter must be an integer >= 1"),
        ({"validation_fraction": 1.0}, r"validation_fraction must be in \(0, 1\)"),
        ({"learning_rate_init": 0}, "learning_rate_init must be > 0"),
        ({"tol": "small"}, "tol must be >= 0"),
        ({"n_iter_no_change": 0}, "n_iter_no_change must be an integer >= 1"),
        ({"hidden_layer_sizes": (8, 0)}, "hidden_layer_sizes must be integers >= 1"),
        ({"hidden_layer_sizes": "8"}, "hidden_layer_sizes must be integers >= 1"),
        ({"activation": "gelo"}, "did you mean 'gelu'"),
        ({"solver": "adan"}, "did you mean 'adam'"),
        ({"solver": "lbfgs"}, "use 'adam'"),
        ({"learning_rate": "one_cycl"}, "did you mean 'one_cycle'"),
        ({"learning_rate": 0.1}, "learning_rate must be a known schedule, got 0.1"),
        ({"shuffle": False}, "shuffle must be True"),
        ({"early_stopping": "yes"}, "early_stopping must be True, False or 'auto'"),
        ({"early_stopping": []}, "early_stopping must be True, False or 'auto'"),
        ({"warm_start": "no"}, "warm_start must be True or False"),
        ({"momentum": 0.5}, "momentum is used with another solver only and would be"),
        ({"solver": "sgd", "beta_1": 0.5}, "beta_1 is used with another solver only"),
        ({"nesterovs_momentum": False}, "nesterovs_momentum is used with"),
        ({"power_t": 0.4}, "power_t is used with learning_rate='invscaling' only"),
        ({"max_fun": 10}, "max_fun is used with solver='lbfgs'"),
        ({"recipe": "defualt"}, "did you mean 'default'"),
        ({"random_state": -1}, "random_state must be in"),
        ({"random_state": "one"}, "random_state must be None, an integer or"),
        ({"config": {"training": {"epoch": 3}}}, "did you mean 'epochs'"),
        ({"beta_1": 2.0}, "beta_1"),
    ],
)
def test_what_is_out_of_range_or_without_effect_is_said(params, match):
    x = np.arange(8.0).reshape(4, 2)
    with pytest.raises(UsageError, match=match):
        mlpkit.MLPClassifier(hidden_layer_sizes=(), max_iter=1).set_params(
            **params
        ).fit(x, [0, 1, 0, 1])


def test_loss_of_a_regression():
    with pytest.raises(UsageError, match="loss must be 'squared_error'"):
        mlpkit.MLPRegressor(loss="poisson").fit([[1.0], [2.0]], [1.0, 2.0])


def test_unknown_column_kinds():
    with pytest.raises(UsageError, match="columns: X has no column 'x7'"):
        mlpkit.MLPClassifier(columns={"x7": "numeric"}).fit([[1.0], [2.0]], [0, 1])


def test_seeds():
    state = np.random.RandomState(0)
    assert seed_of(state) != seed_of(state)
    assert seed_of(np.int64(5)) == 5
