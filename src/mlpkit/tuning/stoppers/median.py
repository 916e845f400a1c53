"""The median rule: who is worse than the middle of the others ends."""

from math import isfinite
from statistics import median

from mlpkit.tuning.curves import Curve, best_until
from mlpkit.tuning.stoppers.base import Others


class Median:
    """Stop a trial whose best value is worse than the median of the others' means.

    At epoch t its best value until t is compared with the median, over the trials that
    have ended, of the means of their values until t.

    Args:
        first: Epochs that every trial is left, >= 1.
        least: Trials that must have ended, >= 1.

    Raises:
        ValueError: Out of range.

    Golovin et al. 2017, "Google Vizier", section 3.2.2.

    >>> rule = Median(first=1, least=2)
    >>> rule.stops(1, {0: 9.0, 1: 8.0}, [({0: 3.0, 1: 1.0}, True)] * 2)
    True
    """

    def __init__(self, first: int = 5, least: int = 5) -> None:
        if first < 1 or least < 1:
            msg = f"median: must have first >= 1 and least >= 1, got {first}, {least}"
            raise ValueError(msg)
        self.first = first
        self.least = least

    def looks_at(self, epoch: int) -> bool:
        """Tell whether the first epochs are over."""
        return epoch + 1 >= self.first

    def stops(self, epoch: int, own: Curve, others: Others) -> bool:
        """Tell whether a trial is behind the median."""
        means = [_mean(curve, epoch) for curve, ended in others if ended]
        known = [mean for mean in means if mean is not None]
        if len(known) < self.least:
            return False
        value = best_until(own, epoch)
        return value is None or value > median(known)


def _mean(curve: Curve, epoch: int) -> float | None:
    values = [v for step, v in curve.items() if step <= epoch and isfinite(v)]
    return sum(values) / len(values) if values else None
