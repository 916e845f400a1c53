"""Smith's one-cycle policy for the learning rate and, opposite to it, the momentum."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any, Literal, Self, final

import keras
import numpy as np

from mlpkit.components.schedules.base import (
    Schedule,
    as_position,
    check_divisor,
    check_number,
    check_rate,
    check_steps,
    draw,
)
from mlpkit.components.schedules.phases import check_joints, walk


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class OneCycle(Schedule):
    """One rise and one fall of the learning rate, momentum moving the other way.

    Between two joints a value goes from s to e as ``e + (s − e) · (1 + cos π·p) / 2``
    (or along a line), p from 0 to 1. With T = total_steps, initial = max / div_factor
    and final = initial / final_div_factor::

        two phases    initial → max at pct·T − 1 → final at T − 1
        three phases  initial → max at pct·T − 1 → initial at 2·pct·T − 2
                      → final at T − 1
        momentum      high → low → high, with the same joints; then it stays

    An mlpkit optimizer takes its momentum (beta_1 in the Adam family) from
    ``momentum(step)`` inside the compiled step; other optimizers ignore it.

    Args:
        max_learning_rate: The peak, > 0.
        total_steps: T, batches of the whole training; every phase needs a step.
        pct_start: Part of the training spent rising, in (0, 1).
        div_factor: max / initial rate, >= 1.
        final_div_factor: initial / final rate, >= 1.
        three_phase: Fall back to the initial rate first, then to the final one.
        anneal: ``"cosine"`` or ``"linear"``.
        momentum_range: Lowest and highest momentum, in [0, 1), or None: no cycling.
        endpoint: True: the last step has the final rate (PyTorch). False: joints lie at
            pct·T and T, which the last step just misses (fastai).

    Raises:
        ValueError: An argument is out of its range, or ``total_steps`` too small.

    Example:
        >>> cycle = OneCycle(0.1, total_steps=100)
        >>> cycle.curve(100)[[0, 29, 99]].round(7).tolist()
        [0.004, 0.1, 4e-07]
        >>> cycle.momentum_curve(100)[[0, 29, 99]].tolist()
        [0.95, 0.85, 0.95]

    References:
        Smith 2018 (arXiv 1803.09820), whose fall is linear and ends in a third phase;
        defaults and joints are those of PyTorch's OneCycleLR.
    """

    def __init__(
        self,
        max_learning_rate: float,
        *,
        total_steps: int,
        pct_start: float = 0.3,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        anneal: Literal["cosine", "linear"] = "cosine",
        momentum_range: Sequence[float] | None = (0.85, 0.95),
        endpoint: bool = True,
    ) -> None:
        self.max_learning_rate = check_rate(self, max_learning_rate)
        self.total_steps = check_steps(self, "total_steps", total_steps)
        self.pct_start = check_number(self, "pct_start", pct_start, 0, 1)
        self.div_factor = check_divisor(self, "div_factor", div_factor)
        self.final_div_factor = check_divisor(
            self, "final_div_factor", final_div_factor
        )
        self.three_phase = three_phase
        if anneal not in ("cosine", "linear"):
            raise ValueError(
                f"OneCycle: anneal must be 'cosine' or 'linear', got {anneal!r}"
            )
        self.anneal = anneal
        self.momentum_range = _check_range(momentum_range)
        self.endpoint = endpoint
        check_joints(self, self._joints(), total_steps)

    @classmethod
    def fastai(
        cls,
        max_learning_rate: float,
        *,
        total_steps: int,
        pct_start: float = 0.25,
        div: float = 25.0,
        div_final: float = 1e5,
    ) -> Self:
        """The cycle of fastai: joints at pct·T and T, final rate max / div_final."""
        return cls(
            max_learning_rate,
            total_steps=total_steps,
            pct_start=pct_start,
            div_factor=div,
            final_div_factor=div_final / div,
            endpoint=False,
        )

    def rate(self, step: Any, xp: ModuleType) -> Any:
        """The learning rate at ``step``; the final one past the last step."""
        initial = self.max_learning_rate / self.div_factor
        final = initial / self.final_div_factor
        between = [initial] if self.three_phase else []
        return self._walk(step, xp, [initial, self.max_learning_rate, *between, final])

    def momentum(self, step: Any) -> Any | None:
        """The momentum at ``step``, a scalar tensor; None if it is not cycled."""
        if self.momentum_range is None:
            return None
        return self._momentum(as_position(step), keras.ops)

    def momentum_curve(self, steps: int) -> np.ndarray:
        """The momenta of steps 0 … ``steps`` − 1 in float64, without training."""
        if self.momentum_range is None:
            raise ValueError("OneCycle: momentum_range must be given, got None")
        return draw(self, self._momentum, steps)

    def _momentum(self, step: Any, xp: ModuleType) -> Any:
        low, high = self.momentum_range or (0.0, 0.0)
        return self._walk(step, xp, [high, low, high] + [high] * self.three_phase)

    def _joints(self) -> list[float]:
        """The steps at which phases meet."""
        last = 1 if self.endpoint else 0
        up = self.pct_start * self.total_steps - last
        return [0.0, up, *[2 * up] * self.three_phase, float(self.total_steps - last)]

    def _walk(self, step: Any, xp: ModuleType, values: list[float]) -> Any:
        linear = self.anneal == "linear"
        return walk(step, xp, joints=self._joints(), values=values, linear=linear)


def _check_range(value: Sequence[float] | None) -> list[float] | None:
    if value is None:
        return None
    if len(value) != 2 or not 0 <= value[0] <= value[1] < 1:
        raise ValueError(
            "OneCycle: momentum_range must be (low, high) with "
            f"0 <= low <= high < 1, got {value!r}"
        )
    return [float(v) for v in value]
