from typing import get_args

import pytest

from mlpkit.config import load_config, search_space
from mlpkit.config.names import RecipeName


@pytest.mark.parametrize("recipe", get_args(RecipeName))
def test_space_of_a_recipe_can_be_written_in_a_configuration(recipe):
    job = load_config({"data": {"target": "y"}, "recipe": recipe})
    space = search_space(job)
    assert "learning_rate" in space
    written = {name: d.model_dump() for name, d in space.items()}
    again = load_config({"data": {"target": "y"}, "search": {"space": written}})
    assert search_space(again) == space


def test_given_space_wins():
    job = load_config(
        {
            "data": {"target": "y"},
            "recipe": "default",
            "search": {"space": {"width": [8]}},
        }
    )
    assert list(search_space(job)) == ["width"]
