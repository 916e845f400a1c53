import tomllib

import pytest

from mlpkit.config import load_config, to_toml
from mlpkit.errors import UsageError

JOB = {"data": {"target": "y"}}


def load(**search):
    return load_config({**JOB, "search": search})


def test_tables_and_names_of_settings_are_one():
    dimension = {"float": [0.0, 0.5]}
    flat = load(space={"dropout": dimension})
    assert load(space={"model": {"dropout": dimension}}) == flat
    assert load(space={"model.dropout": dimension}) == flat
    changed = load_config(flat, ["search.space.model.dropout.float=[0.1, 0.2]"])
    assert changed.search.space["dropout"].high == 0.2


def test_written_and_read_again():
    config = load(
        oracle={"name": "bayesian", "beta": 1.0},
        stopper="asha",
        objective=["val_loss", {"name": "val_f1", "direction": "max"}],
        time="10m",
        space={
            "optimizer": ["adam", "sgd"],
            "optimizer.beta_2": {"log": [0.9, 0.99], "when": {"optimizer": "adam"}},
        },
    )
    assert config.search.time == 600
    assert load_config(tomllib.loads(to_toml(config))) == config


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ({"space": {}}, "at least one dimension, got none"),
        ({"space": {"dropuot": [0.1]}}, "did you mean 'dropout'"),
        ({"space": {"seed": [1, 2]}}, "must be a key of"),
        ({"space": {"hidden": [[8]], "width": [8]}}, "give hidden or depth and width"),
        ({"folds": 3, "executions": 2}, "executions or folds, got both"),
        ({"oracle": "randon"}, "did you mean 'random'"),
        ({"time": "soon"}, "must be a time"),
        ({"trials": 0}, "greater than or equal to 1"),
    ],
)
def test_mistakes(search, said):
    with pytest.raises(UsageError, match=said):
        load(**search)


def _when(**when):
    return {"float": [0.0, 0.5], "when": when}


@pytest.mark.parametrize(
    ("space", "said"),
    [
        (
            {"dropout": _when(width=8)},
            "must name a dimension of the space, got 'width'",
        ),
        ({"dropout": _when(width=9), "width": [8]}, r"'width' is never \[9\]"),
        ({"dropout": _when(width=[]), "width": [8]}, "of no values"),
        (
            {"dropout": _when(weight_decay=0.1), "weight_decay": {"float": [0, 1]}},
            "a choice or whole numbers",
        ),
        (
            {
                "depth": {"choice": [1, 2], "when": {"width": 8}},
                "width": {"choice": [8], "when": {"depth": 1}},
            },
            "depends on itself: depth → width → depth",
        ),
        (
            {
                "optimizer": ["adam", "sgd"],
                "schedule": {"choice": ["step"], "when": {"optimizer": "sgd"}},
                "dropout": _when(optimizer="adam", schedule="step"),
            },
            "can never hold, it asks for several values of 'optimizer'",
        ),
    ],
)
def test_conditions_that_cannot_be(space, said):
    with pytest.raises(UsageError, match=said):
        load(space=space)


def test_ensemble_needs_rows_that_are_new_to_all():
    with pytest.raises(UsageError, match="no trial has trained on, leave out folds"):
        load(ensemble=3, folds=5)
