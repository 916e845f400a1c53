import numpy as np
import pytest

from mlpkit.config import Config, Facts
from mlpkit.runs import by_recipe, facts_of, prepare


@pytest.fixture(scope="module")
def prepared():
    rows = np.arange(60)
    table = {"x": rows / 7.0, "c": rows % 2 == 0, "y": rows * 1.5}
    config = {
        "data": {"target": "y"},
        "recipe": "default",
        "training": {"epochs": 4},
    }
    return prepare(Config.model_validate(config), table)


def test_facts_are_those_of_the_training_rows(prepared):
    assert facts_of(prepared) == Facts("regression", rows=42, numeric=1)


def test_what_is_left_is_filled(prepared):
    filled = by_recipe(prepared)
    assert filled.config.training.epochs == 4
    assert filled.config.training.batch_size is not None
    assert filled.config.model != prepared.config.model
    assert filled.x is prepared.x


def test_a_network_that_is_there_keeps_its_shape(prepared):
    without = Facts("regression", rows=42, numeric=0)
    assert by_recipe(prepared).config.model.numeric_embedding is not None
    kept = by_recipe(prepared, without).config
    assert kept.model.numeric_embedding is None
    assert kept.training == by_recipe(prepared).config.training


def test_settings_that_differ_only_from_the_recipe_are_another_job(penguins):
    def identity(**model):
        job = {"recipe": "default", "data": {"target": "species"}, "model": model}
        return by_recipe(prepare(Config.model_validate(job), penguins)).identity

    assert identity() == identity()
    assert identity() != identity(dropout=0.1)  # as where no recipe fills it
