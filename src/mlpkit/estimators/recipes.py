"""Recipes by name: what a parameter that is left means."""

from collections.abc import Mapping
from typing import Any

from mlpkit.errors import UsageError, suggest

RECIPES: dict[str, Mapping[str, Any]] = {"default": {}}
"""Name → nested settings of the configuration, over its own defaults."""


def recipe_settings(name: str) -> dict[str, Any]:
    """Return a recipe's settings, free to be changed.

    Raises:
        UsageError: There is no such recipe.

    >>> recipe_settings("default")
    {}
    """
    if name not in RECIPES:
        msg = (
            f"recipe must be a known recipe, got {name!r}{suggest(str(name), RECIPES)}"
        )
        raise UsageError(msg)
    return {
        key: dict(value) if isinstance(value, Mapping) else value
        for key, value in RECIPES[name].items()
    }
