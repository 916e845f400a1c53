import pytest

from mlpkit.config import RECIPES, Config, DecisionConfig, Facts, with_recipe
from mlpkit.config.schema import ModelConfig, TrainingConfig

SECTIONS = {
    "model": ModelConfig,
    "training": TrainingConfig,
    "decision": DecisionConfig,
}


def job(**values):
    return Config.model_validate({"data": {"target": "y"}, **values})


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("task", ["regression", "binary", "multiclass", "multilabel"])
@pytest.mark.parametrize("rows", [20, 1_000, 10**7])
def test_every_recipe_is_a_valid_configuration(name, task, rows):
    filled = with_recipe(job(recipe=name), Facts(task, rows=rows, numeric=5))
    for section, cls in SECTIONS.items():
        cls.model_validate(getattr(filled, section).model_dump())


@pytest.mark.parametrize("name", RECIPES)
def test_every_setting_exists_and_names_its_evidence(name):
    for key, setting in RECIPES[name].items():
        section, field = key.split(".")
        assert field in SECTIONS[section].model_fields
        assert len(setting.evidence) > 10


def test_what_is_given_wins():
    given = job(
        recipe="default",
        model={"hidden": [7], "dropout": 0.0},
        training={"epochs": 3, "optimizer": "sgd"},
    )
    filled = with_recipe(given, Facts("binary", rows=500, numeric=3))
    assert filled.model.hidden == (7,)
    assert filled.model.dropout == 0
    assert filled.training.epochs == 3
    assert filled.training.optimizer.name == "sgd"
    assert filled.model.parametrization == "ntk"
    assert filled.training.patience == 25


def test_sizes_follow_the_table():
    def filled(rows, numeric=5):
        config = job(recipe="default")
        return with_recipe(config, Facts("regression", rows=rows, numeric=numeric))

    small, large = filled(500), filled(10**6)
    assert small.training.batch_size < large.training.batch_size
    assert small.training.epochs > large.training.epochs
    assert filled(500, numeric=0).model.numeric_embedding is None
    assert filled(500, numeric=999).model.numeric_embedding is None
    assert filled(500).model.numeric_embedding.name == "pbld"


def test_none_changes_nothing():
    given = job(recipe="none")
    assert with_recipe(given, Facts("binary", rows=9, numeric=1)) == given
