import tomllib

import pytest

from mlpkit.config import RECIPES, Config, explained, load_config


def job(**values):
    return Config.model_validate({"data": {"target": "y"}, **values})


def lines(**values):
    return explained(job(**values)).splitlines()


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_text_is_the_same_job(recipe):
    given = job(recipe=recipe, model={"dropout": 0.4}, training={"optimizer": "sgd"})
    again = load_config(tomllib.loads(explained(given)))
    assert again == given
    assert again.model.model_fields_set == {"dropout"}
    assert again.training.model_fields_set == {"optimizer"}


def test_what_a_recipe_sets_is_told_once():
    found = lines(model={"dropout": 0.4})
    assert '# recipe "default" sets:' in found
    assert "# model.hidden: by the data" in found
    assert "# training.weight_decay = 0.02" in found
    assert "# training.batch_size: by the data" in found
    assert '# training.optimizer = { name = "adam", beta_2 = 0.95 }' in found
    assert '# training.monitor = "val_loss"' in found  # no recipe's
    keys = [line.split(" =")[0].split(":")[0] for line in found if line[:1] == "#"]
    assert len(keys) == len(set(keys))
    assert "# model.dropout" not in keys
    assert '# training.patience = "none"' in lines(recipe="lecture")


def test_of_a_single_layer_the_training_is_filled():
    found = lines(model={"hidden": []})
    assert "# training.learning_rate = 0.01" in found
    assert "# training.patience = 25" in found
    assert not [line for line in found if line.startswith("# model.front_scale = t")]


def test_without_a_recipe_there_are_defaults():
    found = lines(recipe="none")
    assert not [line for line in found if line.endswith("sets:")]
    assert "# training.learning_rate = 0.001" in found
