"""`[ensemble]`: several networks in the place of one."""

from typing import Annotated, Literal

from pydantic import Field

from mlpkit.config.section import ByName, Section

EnsembleName = Literal["none", "folds", "seeds", "tabm"]
_MEMBERS: dict[EnsembleName, int] = {"none": 1, "folds": 5, "seeds": 5, "tabm": 16}


class EnsembleConfig(ByName, Section):
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

    @property
    def count(self) -> int:
        """How many networks answer."""
        return self.members or _MEMBERS[self.name]
