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
    """Return a time with two units at most.

    >>> spoken(0.25), spoken(75), spoken(7_290), spoken(200_000)
    ('0.2 s', '1 min 15 s', '2 h 1 min', '2 d 7 h')
    """
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"


Duration = Annotated[
    float,
    BeforeValidator(seconds_of),
    Field(gt=0),
    WithJsonSchema({"type": ["string", "number"], "examples": ["90s", "10m", "2h"]}),
]
