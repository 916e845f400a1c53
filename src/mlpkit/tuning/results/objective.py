"""What a search was for, and the order that this gives its trials."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from mlpkit.errors import UsageError
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.pareto import non_dominated

Direction = Literal["min", "max"]
_SCORED = ("completed", "stopped")


@dataclass(frozen=True)
class Objective:
    """A metric to be brought down or up.

    Attributes:
        name: Key of ``TrialRecord.metrics``.
        direction: "min" or "max".

    Raises:
        UsageError: Another direction.
    """

    name: str
    direction: Direction = "min"

    def __post_init__(self) -> None:
        if self.direction not in get_args(Direction):
            msg = f"objective '{self.name}': direction must be 'min' or 'max', got "
            raise UsageError(f"{msg}{self.direction!r}")

    @property
    def sign(self) -> int:
        """1 where less is better, else -1: sign · value is to be brought down."""
        return 1 if self.direction == "min" else -1


def reached(record: TrialRecord, objectives: Sequence[Objective]) -> list[float | None]:
    """Return what a trial reached in each objective; None where it has no number.

    That is a metric; or, where it is not among them, the score of a search with one
    objective. The score of one with several may be anything.

    Args:
        record: A trial; only ``completed`` and ``stopped`` ones reached anything.
        objectives: Of the search, one or more.
    """
    if record.status not in _SCORED:
        return [None] * len(objectives)
    found = [record.metrics.get(objective.name) for objective in objectives]
    if len(objectives) == 1 and found == [None]:
        found = [record.score]
    return [float(v) if v is not None and math.isfinite(v) else None for v in found]


def front(
    records: Sequence[TrialRecord], objectives: Sequence[Objective]
) -> list[TrialRecord]:
    """Return the trials that no other beats in every objective, as they come."""
    values = np.array(
        [[np.nan if v is None else v for v in reached(r, objectives)] for r in records],
        dtype=float,
    ).reshape(len(records), len(objectives))
    kept = non_dominated(values, [objective.direction for objective in objectives])
    return [record for record, is_kept in zip(records, kept, strict=True) if is_kept]


def ranked(
    records: Sequence[TrialRecord], objectives: Sequence[Objective]
) -> list[TrialRecord]:
    """Return the trials, the best first, those without a score last.

    By the objective; of several, those of the Pareto front first, then by the first
    one. Equal ones in the order of their numbers.

    Args:
        records: Trials.
        objectives: Of the search, one or more.

    Raises:
        UsageError: No objective.
    """
    if not objectives:
        msg = "results: a search must have an objective, got none"
        raise UsageError(msg)
    several = len(objectives) > 1
    best = {id(record) for record in front(records, objectives)} if several else set()

    def place(record: TrialRecord) -> tuple[bool, bool, float, int]:
        value = reached(record, objectives)[0]
        worth = math.inf if value is None else objectives[0].sign * value
        unscored = None in reached(record, objectives)
        return unscored, several and id(record) not in best, worth, record.number

    return sorted(records, key=place)
