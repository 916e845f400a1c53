"""What the tables of a configuration have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _no_boolean(value: Any) -> Any:
    if isinstance(value, bool):  # which Python counts with
        msg = "must be a number"
        raise ValueError(msg)
    return value


_Number = BeforeValidator(_no_boolean)
Fraction = Annotated[float, _Number, Field(ge=0, lt=1)]
Positive = Annotated[float, _Number, Field(gt=0)]
Count = Annotated[int, _Number, Field(ge=1)]


def _none_or(value: Any) -> Any:
    return None if value == NONE else value


NONE = "none"  # TOML has no null, and a key that is left out may be a recipe's
OrNone = BeforeValidator(_none_or)


class Section(BaseModel):
    """A table of the configuration: unknown keys are refused, values are fixed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
