"""A configuration for readers: what is given, and what holds for the other keys."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from mlpkit.config.identity import to_toml
from mlpkit.config.recipes import recipe_of
from mlpkit.config.schema import Config


def explained(config: Config) -> str:
    """Return the given keys as TOML, and as comments what holds for the others.

    The text is the same job again: a key that is given wins over the recipe, so what
    is not given is a comment.

    >>> job = Config.model_validate({"data": {"target": "y"}, "recipe": "fast"})
    >>> print(explained(job).partition("# model.hidden")[0])
    recipe = "fast"
    <BLANKLINE>
    [data]
    target = [
        "y",
    ]
    <BLANKLINE>
    # recipe "fast" sets:
    # decision.clamp: by the data
    # model.parametrization = "ntk"
    # model.front_scale = true
    # model.activation: by the data
    # model.data_initialization = true
    <BLANKLINE>
    """
    given = to_toml(config.model_copy(update={"recipe": config.recipe})).rstrip()
    by_recipe = _by_recipe(config)
    others = {k: v for k, v in _defaults(config).items() if k not in by_recipe}
    parts = [given]
    if by_recipe:
        parts.append(_comments(f'recipe "{config.recipe}" sets', by_recipe))
    parts.append(_comments("defaults of the other keys", others))
    return "\n\n".join(parts)


def _by_recipe(config: Config) -> dict[str, str]:
    """Key → what the recipe makes of it, for keys that are not given."""
    found = {}
    settings = recipe_of(config).items()
    for key, setting in sorted(settings, key=lambda item: item[0].split(".")[0]):
        section, field = key.split(".")
        if field not in getattr(config, section).model_fields_set:
            value = setting.value
            found[key] = ": by the data" if callable(value) else f" = {_toml(value)}"
    return found


def _defaults(config: Config) -> dict[str, str]:
    """Key → its default, for keys that are not given; those that hold none are left."""
    found: dict[str, Any] = {}
    dumped = config.model_dump(mode="json")
    for name in Config.model_fields:
        section = getattr(config, name)
        if isinstance(section, BaseModel):
            left = [f for f in dumped[name] if f not in section.model_fields_set]
            found.update({f"{name}.{field}": dumped[name][field] for field in left})
        elif name not in config.model_fields_set:
            found[name] = dumped[name]
    found.pop("recipe", None)  # it is always shown
    return {k: f" = {_toml(v)}" for k, v in found.items() if v not in (None, {})}


def _comments(title: str, lines: Mapping[str, str]) -> str:
    return "\n".join(
        [f"# {title}:", *(f"# {key}{line}" for key, line in lines.items())]
    )


def _toml(value: Any) -> str:
    """A value on one line; "none" stands for null, which TOML has not."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return json.dumps("none" if value is None else value, ensure_ascii=False)
