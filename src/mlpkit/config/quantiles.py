"""Quantiles as a setting: a list of numbers in (0, 1), ascending."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator


def _ascending(levels: tuple[float, ...]) -> tuple[float, ...]:
    inside = all(0 < level < 1 for level in levels)
    if not inside or list(levels) != sorted(set(levels)):
        msg = f"must be numbers in (0, 1), ascending, got {list(levels)}"
        raise ValueError(msg)
    return levels


def _as_list(levels: Any) -> Any:
    levels = levels.tolist() if hasattr(levels, "tolist") else levels
    if isinstance(levels, list | tuple):
        return levels
    msg = f"must be a list of numbers in (0, 1), such as [0.1, 0.9], got {levels!r}"
    raise ValueError(msg)


Quantiles = Annotated[
    tuple[float, ...], BeforeValidator(_as_list), AfterValidator(_ascending)
]
