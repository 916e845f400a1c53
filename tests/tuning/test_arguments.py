import keras_tuner
import pytest

from mlpkit.errors import UsageError
from mlpkit.tuning import Asha, BayesianOracle
from mlpkit.tuning.arguments import check_arguments, duration, oracle_of, stopper_of

GIVEN = {"objective": None, "max_trials": 5, "hyperparameters": None, "seed": 0}


def test_oracle_by_name():
    found = oracle_of("bayesian", options={"beta": 1.0}, **GIVEN)
    assert isinstance(found, BayesianOracle)
    assert (found.beta, found.objective.name, found.seed) == (1.0, "val_loss", 1)


@pytest.mark.parametrize(("oracle", "trials"), [("random", 20), ("grid", None)])
def test_trials_where_their_number_is_left(oracle, trials):
    assert oracle_of(oracle, **{**GIVEN, "max_trials": None}).max_trials == trials
    assert oracle_of(oracle, **GIVEN).max_trials == 5


@pytest.mark.parametrize(
    ("oracle", "options", "said"),
    [
        ("bayes", {}, "did you mean 'bayesian'"),
        ("bayesian", {"betta": 1}, "takes no 'betta'; did you mean 'beta'"),
        ("hyperband", {"factor": 1}, "oracle 'hyperband': factor"),
        (None, {}, "got None"),
    ],
)
def test_oracle_that_is_none(oracle, options, said):
    with pytest.raises(UsageError, match=said):
        oracle_of(oracle, options=options, **GIVEN)


def test_oracle_brings_its_own_settings():
    own = keras_tuner.oracles.RandomSearchOracle("val_loss")
    with pytest.raises(UsageError, match="objective: must be given to the oracle"):
        oracle_of(own, **{**GIVEN, "objective": "loss"})


def test_stoppers():
    assert stopper_of("none") is stopper_of(None) is None
    assert stopper_of("asha", {"factor": 4}).factor == 4
    own = Asha()
    assert stopper_of(own) is own
    with pytest.raises(UsageError, match="did you mean 'median'"):
        stopper_of("medain")
    with pytest.raises(UsageError, match="stopper 'asha': asha: must have"):
        stopper_of("asha", {"factor": 1})


def test_durations_and_names():
    assert duration("time_limit", "2m") == 120
    with pytest.raises(UsageError, match="time_limit must be a time"):
        duration("time_limit", "soon")
    check_arguments({"epochs": 1})
    with pytest.raises(UsageError, match="'epoch' is none; did you mean 'epochs'"):
        check_arguments({"epoch": 1})
