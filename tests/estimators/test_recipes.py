import pytest

from mlpkit.errors import UsageError
from mlpkit.estimators.recipes import RECIPES, recipe_settings


def test_settings_are_copies(monkeypatch):
    monkeypatch.setitem(RECIPES, "other", {"model": {"dropout": 0.5}, "seed": 3})
    recipe_settings("other")["model"]["dropout"] = 0.1
    assert recipe_settings("other") == {"model": {"dropout": 0.5}, "seed": 3}


def test_unknown_recipe():
    with pytest.raises(UsageError, match="recipe must be a known recipe, got 'best'"):
        recipe_settings("best")
