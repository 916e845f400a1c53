"""Asynchronous successive halving: at each rung only the best go on."""

from mlpkit.tuning.curves import Curve, best_until
from mlpkit.tuning.stoppers.base import Others


class Asha:
    """Stop a trial that is not among the best 1/factor at a rung.

    Rungs are after ``first · factor^k`` epochs, k = 0, 1, …. A trial is compared with
    all that have come to that rung, by its best value until there; the first
    ``factor − 1`` of a rung go on, since there is nothing to compare.

    Args:
        first: Epochs before the first rung, >= 1.
        factor: Share that goes on is 1/factor, >= 2.

    Raises:
        ValueError: Out of range.

    Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning" (arXiv
    1810.05934), algorithm 2. Deviation: a trial that is behind ends instead of waiting
    for a promotion, as in the stopping variant of Ray Tune.

    >>> rule = Asha(first=1, factor=3)
    >>> [epoch for epoch in range(30) if rule.looks_at(epoch)]
    [0, 2, 8, 26]
    >>> rule.stops(0, {0: 0.9}, [({0: 0.5}, True), ({0: 0.4}, True)])
    True
    """

    def __init__(self, first: int = 1, factor: int = 3) -> None:
        if first < 1 or factor < 2:
            msg = f"asha: must have first >= 1 and factor >= 2, got {first}, {factor}"
            raise ValueError(msg)
        self.first = first
        self.factor = factor

    def looks_at(self, epoch: int) -> bool:
        """Tell whether an epoch ends at a rung."""
        rung = self.first
        while rung < epoch + 1:
            rung *= self.factor
        return rung == epoch + 1

    def stops(self, epoch: int, own: Curve, others: Others) -> bool:
        """Tell whether a trial is not among the best of the rung."""
        value = best_until(own, epoch)
        known = [
            best_until(curve, epoch)
            for curve, _ in others
            if max(curve, default=-1) >= epoch
        ]
        there = len(known) + 1
        if there < self.factor:
            return False
        if value is None:
            return True
        ahead = sum(1 for v in known if v is not None and v < value)
        return ahead >= max(1, there // self.factor)
