"""A weighted mean of the best trials, as the report tells it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """A trial in the mean.

    Attributes:
        number: Of the trial.
        trial: Its name.
        weight: In (0, 1]; of all together 1.
        loss: Of it alone, on the validation rows.
    """

    number: int
    trial: str
    weight: float
    loss: float


@dataclass(frozen=True)
class Mixture:
    """The mean.

    Attributes:
        members: With a weight, the largest first.
        loss: Of the mean, on the validation rows that chose the weights.
        single: Of the best trial alone, on the same rows.
        considered: Trials to choose from.
        run: Folder of the run.
    """

    members: Sequence[Member]
    loss: float
    single: float
    considered: int
    run: str

    @property
    def told(self) -> str:
        """What it brought, in one line."""
        each = ", ".join(f"{m.weight:.0%} trial {m.number}" for m in self.members)
        losses = f"validation loss {self.loss:.5g}, best trial alone {self.single:.5g}"
        return f"{losses} ({each})"
