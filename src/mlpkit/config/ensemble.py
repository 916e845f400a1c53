"""`[ensemble]`: several networks in the place of one."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from mlpkit.config.section import Section, or_by_name

EnsembleName = Literal["none", "folds", "seeds", "tabm"]
_MEMBERS: dict[EnsembleName, int] = {"none": 1, "folds": 5, "seeds": 5, "tabm": 16}


class EnsembleConfig(Section):
    """`[ensemble]`, or by name alone: ``ensemble = "folds"``.

    | name  | members                                                               |
    |-------|-----------------------------------------------------------------------|
    | none  | one network                                                           |
    | folds | each is validated on a fold of the rows that are not for testing and  |
    |       | trained on the others; together they have seen all of them            |
    | seeds | the same rows in another order, from other initial weights            |
    | tabm  | one network that sees the rows through a scale per member (TabM-mini, |
    |       | Gorishniy, Kotelnikov & Babenko 2025), with an output layer for each  |
    """

    name: EnsembleName = "none"
    members: Annotated[int, Field(ge=2)] | None = Field(
        None, description="5 folds or seeds, 16 of tabm if left."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        return or_by_name(handler(core_schema))

    @property
    def count(self) -> int:
        """How many networks answer."""
        return self.members or _MEMBERS[self.name]
