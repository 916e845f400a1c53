import pytest

from mlpkit.config import load_config, search_space
from mlpkit.errors import UsageError
from mlpkit.tuning.space import check_values, configured, hyperparameters, settings_of


def job(space, **sections):
    return load_config(
        {"data": {"target": "y"}, "search": {"space": space}, **sections}
    )


def test_dimensions_are_keras_tuners():
    config = job(
        {
            "optimizer.beta_2": {"choice": [0.9, 0.99], "when": {"optimizer": "adam"}},
            "optimizer": {"choice": ["adam", "sgd"], "when": {"batch_norm": True}},
            "batch_norm": "bool",
            "learning_rate": {"log": [1e-4, 1e-2]},
        }
    )
    hp = hyperparameters(search_space(config))
    assert [h.name for h in hp.space] == [
        "batch_norm", "optimizer", "optimizer.beta_2", "learning_rate",
    ]  # fmt: skip
    # what counts depends on the parents' parents, too
    inner = next(h for h in hp.space if h.name == "optimizer.beta_2")
    assert [c.name for c in inner.conditions] == ["batch_norm", "optimizer"]
    hp.values = {"batch_norm": False, "optimizer": "adam"}
    assert not hp.is_active(inner)


def test_tables_and_lists_are_values():
    config = job(
        {
            "hidden": [[8], [8, 8]],
            "optimizer": ["sgd", {"name": "adam", "beta_2": 0.95}],
            "numeric_embedding": ["none", "pbld"],
            "dropout": [0, 0.5],
        }
    )
    space = search_space(config)
    hp = hyperparameters(space)
    values = {h.name: h.values[-1] for h in hp.space}
    settings = settings_of(space, {**values, "tuner/epochs": 3})
    found = configured(config, settings)
    assert found.model.hidden == (8, 8)
    assert found.training.optimizer.params == {"beta_2": 0.95}
    assert found.model.numeric_embedding.name == "pbld"
    assert found.model.dropout == 0.5
    first = configured(config, settings_of(space, hp.values))
    assert first.model.numeric_embedding is None


def test_argument_of_a_component_that_varies():
    config = job({"optimizer": ["adam"], "optimizer.beta_2": [0.9]})
    settings = {"optimizer.beta_2": 0.9, "optimizer": "adam"}
    optimizer = configured(config, settings).training.optimizer
    assert (optimizer.name, optimizer.params) == ("adam", {"beta_2": 0.9})


def test_depth_and_width_alone():
    config = job({"width": [8]}, model={"hidden": [4, 4, 4]})
    assert configured(config, {"width": 8}).model.hidden == (8, 8, 8)
    assert configured(config, {"depth": 1}).model.hidden == (4,)
    assert configured(config, {"depth": 0, "width": 8}).model.hidden == ()


def test_recipe_does_not_fill_a_trial_again():
    config = job({"dropout": [0.1]}, recipe="default")
    assert configured(config, {"dropout": 0.1}).recipe == "none"


def test_values_that_cannot_be():
    config = job({"dropout": {"float": [0.0, 1.0]}})
    with pytest.raises(UsageError, match=r"search\.space\.dropout: 1\.0 cannot be"):
        check_values(config, search_space(config))
    config = job({"numeric_embedding.bins": [8]})
    with pytest.raises(UsageError, match="must be there, it is left out"):
        check_values(config, search_space(config))
