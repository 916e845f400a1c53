import pytest

import mlpkit
from mlpkit.config import Config
from mlpkit.errors import UsageError
from mlpkit.estimators.solver import check_solver, check_unused, with_solver

JOB = {
    "data": {"target": "y"},
    "training": {"optimizer": {"name": "adam", "beta_2": 0.95}},
}


def asked(**params):
    given = mlpkit.MLPClassifier(**params).get_params()
    return with_solver(Config.model_validate(JOB), given)


@pytest.mark.parametrize(
    ("params", "name", "options"),
    [
        ({"solver": "sgd"}, "nesterov", {"momentum": 0.9}),
        ({"solver": "sgd", "nesterovs_momentum": False}, "momentum", {"momentum": 0.9}),
        ({"solver": "sgd", "momentum": 0}, "sgd", {}),
        ({"solver": "adam", "beta_1": 0.8}, "adam", {"beta_1": 0.8, "beta_2": 0.95}),
        ({"beta_2": 0.99, "epsilon": 1e-5}, "adam", {"beta_2": 0.99, "epsilon": 1e-5}),
        ({"solver": "nadam", "momentum": 0.9}, "nadam", {}),
    ],
)
def test_solvers(params, name, options):
    optimizer = asked(**params).training.optimizer
    assert (optimizer.name, optimizer.params) == (name, options)


def test_nothing_else_is_changed():
    job = Config.model_validate(JOB)
    assert asked() == job
    assert asked(solver="adam") == job


def test_unknown_solvers():
    check_solver(None)
    with pytest.raises(UsageError, match="did you mean 'rmsprop'"):
        check_solver("rmsprp")


def test_defaults_of_scikit_learn_are_harmless():
    check_unused("momentum", 0.9, "another solver")
    with pytest.raises(UsageError, match=r"leave it, or set momentum=0\.9"):
        check_unused("momentum", 0.8, "another solver")
