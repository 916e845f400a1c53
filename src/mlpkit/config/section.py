"""What the tables of a configuration have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """A table of the configuration: unknown keys are refused, values are fixed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
