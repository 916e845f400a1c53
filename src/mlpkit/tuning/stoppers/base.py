"""What ends trials early."""

from collections.abc import Sequence
from typing import Protocol

from mlpkit.tuning.curves import Curve

Others = Sequence[tuple[Curve, bool]]
"""Curve of each other trial, and whether it has come to its end."""


class Stopper(Protocol):
    """A rule that compares a trial with the curves of the others.

    It keeps nothing itself: the curves tell all, also after a restart.
    """

    def looks_at(self, epoch: int) -> bool:
        """Tell whether trials are compared at the end of an epoch, counted from 0."""

    def stops(self, epoch: int, own: Curve, others: Others) -> bool:
        """Tell whether a trial should end."""
