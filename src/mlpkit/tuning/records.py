"""What is known of one trial of a search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["running", "completed", "stopped", "failed", "invalid"]


@dataclass(frozen=True)
class TrialRecord:
    """A trial: what it tried, what came of it.

    Attributes:
        trial: The oracle's name of it.
        number: 1, 2, … in the order of their starts.
        status: ``stopped`` was ended early by a rule and has a score; ``invalid``
            has none, since its loss was not finite; ``failed`` raised ``message``.
        values: The hyperparameters that were active.
        seed: Of its generators: with ``values`` it gives the same bits again.
        score: The objective at ``best_epoch``.
        metrics: All metrics at ``best_epoch``.
        best_epoch: Counted from 0.
        curves: One value per epoch, by name: ``loss``, ``val_loss``, ….
        started: Seconds since the search began, at its start.
        seconds: That it took.
        worker: Who trained it.
        message: Why it has no score, in one line; the traceback is beside it.
    """

    trial: str
    number: int
    status: Status
    values: Mapping[str, Any]
    seed: int
    score: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    best_epoch: int | None = None
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    started: float = 0.0
    seconds: float = 0.0
    worker: str = "tuner0"
    message: str = ""
    traceback: str = ""

    @property
    def epochs(self) -> int:
        """Epochs that were trained."""
        return max((len(values) for values in self.curves.values()), default=0)
