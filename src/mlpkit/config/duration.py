"""Durations as people write them: ``90s``, ``10m``, ``2h``."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")


def seconds_of(value: Any) -> Any:
    """Return a duration in seconds; numbers are seconds already.

    Raises:
        ValueError: It is no duration, or not above zero.

    >>> seconds_of("90s"), seconds_of("1h 30m"), seconds_of(2.5)
    (90.0, 5400.0, 2.5)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        found = 0.0
    elif isinstance(value, str):
        parts = _PART.findall(value)
        whole = bool(parts) and not _PART.sub("", value).strip()
        found = sum(float(n) * _UNITS[u] for n, u in parts) if whole else 0.0
    else:
        found = float(value)
    if found <= 0:
        msg = f"must be a time such as '90s', '10m', '1h 30m', got {value!r}"
        raise ValueError(msg)
    return found


def spoken(seconds: float) -> str:
    """Return a duration as people say it.

    >>> spoken(3725), spoken(42)
    ('1h 2m', '42s')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60}s"
    return f"{whole // 3600}h {whole % 3600 // 60}m"


Duration = Annotated[
    float,
    BeforeValidator(seconds_of),
    Field(gt=0),
    WithJsonSchema({"type": ["string", "number"], "examples": ["90s", "10m", "2h"]}),
]
