"""Rectified linear unit with a random slope for negative inputs."""

import math
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from mlpkit.components.activations.elementwise import Elementwise
from mlpkit.components.noise import uniform
from mlpkit.components.replica_seed import ReplicaSeedGenerator

_AVERAGES: dict[str, Callable[[float, float], float]] = {
    "arithmetic": lambda low, high: (low + high) / 2,
    "harmonic": lambda low, high: 2 / (1 / low + 1 / high),
    "logarithmic": lambda low, high: (
        math.log(high / low) / (1 / low - 1 / high) if high > low else low
    ),
}
_DRAWS = ("slope", "divisor")


@keras.saving.register_keras_serializable(package="mlpkit")
class RReLU(Elementwise):
    """Randomized leaky rectified linear unit: x if x > 0 else a · x.

    While training each element draws its own a; at test time a is an average, with
    l, u = lower, upper:

    | draw      | a                      | its mean, the matching average           |
    |-----------|------------------------|------------------------------------------|
    | "slope"   | U(l, u)                | "arithmetic", (l + u)/2 = 0.2292         |
    | "divisor" | 1/d, d ~ U(1/u, 1/l)   | "logarithmic", ln(u/l)/(1/l-1/u) = 0.1962 |

    The paper draws divisors and tests with "harmonic", 2/(1/l + 1/u), which is x/5.5.

    Args:
        lower: Smallest slope, in [0, 1]; above 0 unless all is arithmetic.
        upper: Largest slope, in [lower, 1].
        average: Slope at test time, "arithmetic", "harmonic" or "logarithmic".
        draw: What is uniform, "slope" or "divisor".
        seed: Of the slopes; new each time if left. Replicas draw different slopes.

    Raises:
        ValueError: An argument out of range.

    >>> import numpy as np
    >>> RReLU(lower=0.25, upper=0.75)(np.array([[-2.0, 2.0]])).numpy().tolist()
    [[-1.0, 2.0]]

    References: Xu, Wang, Chen & Li 2015, section 2.4. Defaults are PyTorch's; the
        paper's is ``RReLU(draw="divisor", average="harmonic")``.
    """

    def __init__(
        self,
        *,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        average: str = "arithmetic",
        draw: str = "slope",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _check(lower, upper, average, draw)
        self.lower = lower
        self.upper = upper
        self.average = average
        self.draw = draw
        self.seed = seed
        self.seed_generator = ReplicaSeedGenerator(seed)

    def call(self, inputs: Any, *, training: bool = False) -> Any:
        """Return the activation, same shape."""
        x = self.widened(inputs)
        if training:
            slope = self._draw(x)
        else:
            slope = _AVERAGES[self.average](self.lower, self.upper)
        return self.narrowed(ops.where(x > 0, x, slope * x))

    def _draw(self, x: Any) -> Any:
        unit = uniform(ops.shape(x), self.seed_generator.next(), x.dtype)
        if self.draw == "slope":
            return self.lower + (self.upper - self.lower) * unit
        return 1 / (1 / self.upper + (1 / self.lower - 1 / self.upper) * unit)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "lower": self.lower,
            "upper": self.upper,
            "average": self.average,
            "draw": self.draw,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}


def _check(lower: float, upper: float, average: str, draw: str) -> None:
    for name, value, known in (
        ("average", average, tuple(_AVERAGES)),
        ("draw", draw, _DRAWS),
    ):
        if value not in known:
            msg = f"RReLU: {name} must be one of {', '.join(known)}, got {value!r}"
            raise ValueError(msg)
    if not 0 <= lower <= 1:
        msg = f"RReLU: lower must be in [0, 1], got {lower}"
        raise ValueError(msg)
    if not lower <= upper <= 1:
        msg = f"RReLU: upper must be in [lower, 1] = [{lower}, 1], got {upper}"
        raise ValueError(msg)
    if lower == 0 and (average, draw) != ("arithmetic", "slope"):
        msg = (
            f"RReLU: lower must be in (0, 1] with average={average!r} and "
            f"draw={draw!r}, got {lower}"
        )
        raise ValueError(msg)
