import numpy as np
import pytest

import mlpkit
from mlpkit.config import RECIPES, Config, Facts, with_recipe
from mlpkit.errors import UsageError
from mlpkit.estimators.parameters import configuration, seed_of
from mlpkit.estimators.solver import with_solver

DATA = {"target": ["y"], "task": "binary"}
FACTS = Facts("binary", rows=800, numeric=5)


def config(**params):
    return configuration(mlpkit.MLPClassifier(**params).get_params(), DATA)


def filled(**params):
    given = mlpkit.MLPClassifier(**params).get_params()
    return with_solver(with_recipe(configuration(given, DATA), FACTS), given)


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_is_left_is_the_recipes(recipe):
    all_rows = {"test_fraction": 0.0}
    job = Config.model_validate({"data": DATA, "recipe": recipe, "split": all_rows})
    expected = with_recipe(job, FACTS)
    assert filled(recipe=recipe) == expected
    same = {"batch_size": None, "learning_rate": None, "solver": "auto"}
    assert filled(recipe=recipe, **same) == expected


def test_each_parameter_wins_over_the_recipe_alone():
    left = filled().model_dump()
    given = {
        "hidden_layer_sizes": ((9,), ("model", "hidden"), (9,)),
        "activation": ("tanh", ("model", "activation"), {"name": "tanh"}),
        "dropout": (0.45, ("model", "dropout"), 0.45),
        "batch_norm": (True, ("model", "batch_norm"), True),
        "batch_size": (7, ("training", "batch_size"), 7),
        "max_iter": (3, ("training", "epochs"), 3),
        "learning_rate": (
            "constant", ("training", "schedule"), {"name": "constant"},
        ),
        "beta_1": (
            0.7,
            ("training", "optimizer"),
            left["training"]["optimizer"] | {"beta_1": 0.7},
        ),
    }  # fmt: skip
    for name, (value, (section, key), expected) in given.items():
        found = filled(**{name: value}).model_dump()
        assert found[section].pop(key) == expected, name
        rest = {**left[section]}
        del rest[key]
        assert found[section] == rest, name


def test_numbers_of_scikit_learn_are_meant_for_plain_kernels():
    for params in ({"learning_rate_init": 0.002}, {"alpha": 0.1}):
        found = filled(**params)
        assert found.model.parametrization == "standard"
        assert found.model.numeric_embedding == filled().model.numeric_embedding
        rate = params.get("learning_rate_init", 0.001)
        assert found.training.learning_rate == rate
    assert filled(alpha=0.1).training.weight_decay == 0
    plain = filled(solver="sgd")
    assert plain.model.numeric_embedding is None
    assert not plain.model.data_initialization
    assert plain.training.learning_rate == 0.001
    assert filled(solver="adam", alpha=0) == filled(
        settings={"training.weight_decay": 0.0}
    )


def test_a_single_layer_is_one():
    bare = filled(hidden_layer_sizes=()).model
    assert (bare.hidden, bare.numeric_embedding, bare.front_scale) == ((), None, False)


def test_settings_win_over_the_recipe_and_parameters_over_them():
    kept = {"model.parametrization": "ntk", "training.learning_rate": 0.3}
    found = filled(settings=kept, solver="nadam")
    assert found.model.parametrization == "ntk"
    assert found.training.learning_rate == 0.3
    assert filled(settings=kept, learning_rate_init=0.1).training.learning_rate == 0.1
    off = filled(settings={"model.numeric_embedding": None})
    assert off.model.numeric_embedding is None


def test_one_pass_keeps_its_rates():
    params = mlpkit.MLPClassifier().get_params()
    job = configuration(params, DATA, part=True)
    found = with_recipe(job, FACTS).training
    assert found.epochs == 1
    for schedule in ("schedule", "dropout_schedule", "weight_decay_schedule"):
        assert getattr(found, schedule).name == "constant"


def test_parameters_reach_the_configuration():
    found = filled(
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
        ({"early_stopping": "yes"}, "early_stopping must be True or False or 'auto'"),
        ({"early_stopping": []}, "early_stopping must be True or False or 'auto'"),
        ({"warm_start": "no"}, "warm_start must be True or False"),
        ({"momentum": 0.5}, "momentum is used with another solver only and would be"),
        ({"solver": "sgd", "beta_1": 0.5}, "beta_1 is used with another solver only"),
        ({"nesterovs_momentum": False}, "nesterovs_momentum is used with"),
        ({"power_t": 0.4}, "power_t is used with learning_rate='invscaling' only"),
        ({"max_fun": 10}, "max_fun is used with solver='lbfgs'"),
        ({"recipe": "defualt"}, "did you mean 'default'"),
        ({"ensemble": "fold"}, "did you mean 'folds'"),
        ({"ensemble": 3}, "or 'tabm', got 3"),
        ({"random_state": -1}, "random_state must be in"),
        ({"random_state": "one"}, "random_state must be None, an integer or"),
        ({"settings": {"training.epoch": 3}}, "did you mean 'epochs'"),
        ({"settings": {"trainin.epochs": 3}}, "did you mean 'training'"),
        ({"settings": {"training": {"epochs": 3}}}, "keys of the configuration such"),
        ({"settings": {"data.target": "z"}}, "'data.target', .*X, y"),
        ({"settings": {"split.column": "z"}}, "'split.column', .*validation_fraction"),
        ({"settings": {"search.trials": 3}}, "'search.trials', .*GridSearchCV"),
        ({"settings": {"export.folder": "z"}}, "'export.folder', .*takes the path"),
        (
            {"alpha": 1, "settings": {"model.parametrization": "ntk"}},
            "alpha is a penalty on kernels that are not scaled",
        ),
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


def test_the_rate_of_sgd_is_that_of_half_the_squared_error():
    params = mlpkit.MLPRegressor(solver="sgd", learning_rate_init=0.5).get_params()
    job = configuration(params, {"target": ["y"], "task": "regression"})
    assert job.training.learning_rate == 0.25
    assert filled(solver="sgd", learning_rate_init=0.5).training.learning_rate == 0.5
