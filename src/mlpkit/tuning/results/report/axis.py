"""A range of numbers, and where its marks are."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

_WIDE = 50.0  # positive numbers that span more are shown by their logarithm


@dataclass(frozen=True)
class Axis:
    """A range, linear or logarithmic.

    Attributes:
        low: Its least number.
        high: Its largest, > ``low``.
        log: Whether equal steps are equal factors; then ``low`` > 0.
    """

    low: float
    high: float
    log: bool = False

    def at(self, value: float) -> float:
        """Return where a number lies, in [0, 1]: those beyond an end at the end."""
        low, high = self.low, self.high
        if self.log:
            low, high, value = map(math.log, (low, high, max(value, low)))
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def ticks(self, most: int = 5) -> list[float]:
        """Return round numbers within, in order.

        >>> Axis(0.0, 1.0).ticks(), Axis(1e-4, 1e-1, log=True).ticks()
        ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0001, 0.001, 0.01, 0.1])
        """
        if self.log:
            powers = range(
                math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1
            )
            for factors in ((1,), (1, 3), (1, 2, 5)):
                found = [float(f"{f}e{power}") for power in powers for f in factors]
                inside = [x for x in found if self.low <= x <= self.high]
                if len(inside) > 2:
                    return inside[:: math.ceil(len(inside) / (most + 1))]
        raw = (self.high - self.low) / most
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(f * power for f in (1, 2, 5, 10) if f * power >= raw * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), self.high / step + 1e-9
        return [float(f"{k * step:.12g}") for k in range(first, math.floor(last) + 1)]


def axis_over(values: Iterable[float], *, sign: int = 0, share: float = 0.95) -> Axis:
    """Return an axis on which the numbers can be told apart.

    Args:
        values: Finite numbers.
        sign: 1: the large ones beyond quantile ``share`` may lie outside; -1: the small
            ones beyond 1 - ``share``; 0: all lie inside.
        share: See ``sign``.
    """
    found = np.sort(np.fromiter(values, float))
    if not len(found):
        return Axis(0.0, 1.0)
    low, high = float(found[0]), float(found[-1])
    if sign > 0:
        high = float(np.quantile(found, share))
    if sign < 0:
        low = float(np.quantile(found, 1 - share))
    if low > 0 and high / low >= _WIDE:
        return Axis(low, high, log=True)
    edge = 0.04 * (high - low) or abs(low) * 0.1 or 1.0
    return Axis(low - edge, high + edge)
