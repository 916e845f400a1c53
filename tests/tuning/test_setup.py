import pytest

from mlpkit.config import load_config
from mlpkit.tuning.setup import prepare_search, search_id


@pytest.fixture(scope="module")
def named(penguins):
    def go(recipe="none", data=penguins, **search):
        job = {"data": {"target": "species"}, "recipe": recipe, "search": search}
        return prepare_search(load_config(job), data)

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
