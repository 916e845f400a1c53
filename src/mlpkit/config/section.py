"""What the tables of a configuration have in common."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

Fraction = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


def _none_or(value: Any) -> Any:
    return None if value in (NONE, {"name": NONE}) else value


class _NoneByName(BeforeValidator):
    """Takes "none" for None, and tells the JSON schema so."""

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> Any:
        return {"anyOf": [{"const": NONE}, handler(core_schema)]}


NONE = "none"  # TOML has no null, and a key that is left out may be a recipe's
OrNone = _NoneByName(_none_or)


class ByName(BaseModel):
    """A table that its ``name`` alone may stand for: ``"adam"`` or ``{ name = … }``."""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        schema = handler(core_schema)
        told = {k: v for k, v in schema.items() if k in {"title", "description"}}
        table = {k: v for k, v in schema.items() if k not in told}
        return {**told, "anyOf": [schema["properties"]["name"], table]}


class Section(BaseModel):
    """A table of the configuration: unknown keys are refused, values are fixed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_boolean_as_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, bool) and info.field_name is not None:
            kinds = list(_kinds(cls.model_fields[info.field_name].annotation))
            takes = any(kind is bool or isinstance(kind, bool) for kind in kinds)
            if not takes and any(kind in (int, float) for kind in kinds):
                msg = "must be a number"
                raise ValueError(msg)
        return value


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types, and the values, that an annotation is made of."""
    parts = get_args(annotation)
    if not parts:
        yield annotation
    for part in parts:
        yield from _kinds(part)
