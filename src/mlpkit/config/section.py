"""What the tables of a configuration have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


def _none_or(value: Any) -> Any:
    return None if value == NONE else value


NONE = "none"  # TOML has no null, and a key that is left out may be a recipe's
OrNone = BeforeValidator(_none_or)


class Section(BaseModel):
    """A table of the configuration: unknown keys are refused, values are fixed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
