import pytest

from mlpkit.config import load_config
from mlpkit.errors import UsageError
from mlpkit.tuning.setup import prepare_search, search_id, tuner_of


@pytest.fixture(scope="module")
def named(penguins):
    def go(recipe="none", data=penguins, sections=(), **search):
        job = {"data": {"target": "species"}, "recipe": recipe, "search": search}
        return prepare_search(load_config({**job, **dict(sections)}), data)

    return go


def test_how_far_a_search_goes_is_not_what_it_is(named):
    first = search_id(named())
    further = named(trials=99, time="3h", trial_time="1m", keep=9, ensemble=7)
    assert search_id(further) == first
    assert search_id(named(oracle="grid")) != first
    assert search_id(named(stopper="asha")) != first
    assert search_id(named(space={"width": [8]})) != first


def test_recipe_gives_settings_and_space(named):
    config = named(recipe="fast").config
    assert config.model.parametrization == "ntk"
    assert "hidden" in config.search.space


def test_embedding_of_numbers_is_not_searched_where_there_are_none(named, penguins):
    assert "numeric_embedding" in named(recipe="default").config.search.space
    texts = penguins.select(["species", "island", "sex"])
    space = named(recipe="default", data=texts).config.search.space
    assert "numeric_embedding" not in space


def test_job_that_is_kept_is_the_same_search(named, penguins, tmp_path):
    given = {  # what the schema has, and the recipe has not
        "model": {"dropout": 0.1, "hidden": [128, 128], "numeric_embedding": None},
        "training": {"epochs": 100, "patience": 20, "weight_averaging": None},
    }
    first = named(recipe="default", sections=given, trials=1)
    folder = tuner_of(first, tmp_path, "any").folder
    kept = load_config(folder / "job.toml")
    assert kept.recipe == "none"
    again = prepare_search(kept, penguins)
    assert again.config == first.config
    assert search_id(again) == search_id(first)
    assert again.config.model.dropout == 0.1
    assert again.config.training.weight_averaging is None


def test_decision_is_checked_before_the_first_trial(named):
    with pytest.raises(UsageError, match=r"decision.threshold: takes a task with yes"):
        named(sections={"decision": {"threshold": "f1"}})


def test_notes_of_the_recipe_are_kept(named):
    rate = {"training": {"learning_rate": 1e-3}}
    notes = named(recipe="default", sections=rate, trials=1).notes
    assert any("learning_rate 0.001 is small" in note for note in notes)


def test_patience_counts_the_rows_of_the_folds(named):
    alone = {"split": {"validation_fraction": 0.0}, "training": {"patience": 7}}
    assert named(sections=alone, folds=3).config.training.patience == 7
