"""Which variables weight decay leaves alone."""

import re
from collections.abc import Iterable, Sequence
from typing import Any


def decays(variable: Any, exclude: Sequence[str]) -> bool:
    """Whether no pattern matches the whole name or the whole path of the variable."""
    names = (variable.name, _path(variable))
    return not any(re.fullmatch(pattern, n) for pattern in exclude for n in names)


def patterns_for(variables: Iterable[Any], anywhere: Iterable[str]) -> list[str]:
    """Patterns for these variables, and for paths that contain these expressions."""
    by_path = [re.escape(_path(v)) for v in variables]
    return by_path + [f".*(?:{expression}).*" for expression in anywhere]


def _path(variable: Any) -> str:
    return getattr(variable, "path", variable.name)
