"""Gradient components: which direction to go, given the gradients so far."""

from collections.abc import Mapping
from typing import Any, final

from keras import ops

from mlpkit.components.optimizers.part import Numbers, Part, Slots, average
from mlpkit.components.optimizers.step import Step


class GradientPart(Part):
    """A part that turns gradients into a direction.

    Args:
        cycled: Name of its momentum, which a schedule's ``momentum(step)`` may drive.
        slots: See ``Part``.
        counters: See ``Part``.
    """

    def __init__(
        self,
        cycled: str = "",
        *,
        slots: Mapping[str, float] | None = None,
        counters: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(slots=slots, counters=counters)
        self.cycled = cycled

    def apply(self, gradient: Any, slots: Slots, numbers: Numbers) -> Any:
        """The direction of descent, with the sign of the gradient."""
        raise NotImplementedError


@final
class PlainGradient(GradientPart):
    """The gradient itself: steepest descent."""

    def apply(self, gradient: Any, slots: Slots, numbers: Numbers) -> Any:
        """Direction g."""
        return gradient


@final
class HeavyBall(GradientPart):
    """Polyak's momentum, b ← μ·b + g.

    Args:
        decay: Name of the hyperparameter μ.
        rate_inside: Keras' form b ← μ·b + η·g, where b moves the variable as it is.
            The two differ as soon as the learning rate η changes.
        nesterov: Look ahead: the direction is g + μ·b.
    """

    def __init__(
        self, decay: str, *, rate_inside: bool = False, nesterov: bool = False
    ) -> None:
        super().__init__(decay, slots={"velocity": 0.0})
        self._rate_inside = rate_inside
        self._nesterov = nesterov

    def prepare(self, step: Step) -> Numbers:
        """μ, and η if it goes inside."""
        numbers = {"momentum": step.past(self.cycled)}
        if self._rate_inside:
            numbers["inner_rate"] = step.learning_rate
            step.learning_rate = step.only_if_live(ops.ones_like(step.learning_rate))
        return numbers

    def apply(self, gradient: Any, slots: Slots, numbers: Numbers) -> Any:
        """Direction b, or g + μ·b."""
        if self._rate_inside:
            gradient = gradient * numbers["inner_rate"]
        velocity = numbers["momentum"] * slots["velocity"] + gradient
        slots["velocity"] = velocity
        return gradient + numbers["momentum"] * velocity if self._nesterov else velocity


@final
class MovingAverage(GradientPart):
    """Adam's first moment, m ← β·m + (1 − β)·g, corrected for its start at 0.

    Args:
        decay: Name of the hyperparameter β.
    """

    def __init__(self, decay: str) -> None:
        super().__init__(decay, slots={"mean": 0.0}, counters={"mean_weight": 0.0})

    def prepare(self, step: Step) -> Numbers:
        """1 − β; the correction goes into the rate."""
        weight = step.average_weight("mean_weight", self.cycled)
        step.learning_rate = step.learning_rate / weight
        return {"mean_fresh": step.fresh(self.cycled)}

    def apply(self, gradient: Any, slots: Slots, numbers: Numbers) -> Any:
        """Direction m."""
        return average(slots, "mean", gradient, numbers["mean_fresh"])


@final
class NesterovAverage(GradientPart):
    """Nadam's first moment: the moving average m, one step ahead.

    Args:
        decay: Name of the hyperparameter β.
        pace: ψ in μ_t = β·(1 − 0.96^(ψ·t) / 2): how fast μ_t approaches β.
    """

    def __init__(self, decay: str, *, pace: float) -> None:
        super().__init__(decay, slots={"mean": 0.0}, counters={"momentum_product": 1.0})
        self._pace = pace

    def prepare(self, step: Step) -> Numbers:
        """1 − β and the weights of m and g, with P = μ_1 ⋯ μ_t."""
        now, ahead = self._momentum(step, 0), self._momentum(step, 1)
        before = step.counters["momentum_product"]
        product = before - step.only_if_live(before * (1.0 - now))
        step.counters["momentum_product"] = product
        return {
            "mean_fresh": step.fresh(self.cycled),
            "from_mean": ahead / (1.0 - product * ahead),
            # 1 − P is 0 only before the first live step, where the rate is 0.
            "from_gradient": (1.0 - now) / ops.maximum(1.0 - product, 1e-30),
        }

    def apply(self, gradient: Any, slots: Slots, numbers: Numbers) -> Any:
        """Direction μ_(t+1)·m / (1 − P·μ_(t+1)) + (1 − μ_t)·g / (1 − P)."""
        mean = average(slots, "mean", gradient, numbers["mean_fresh"])
        return numbers["from_mean"] * mean + numbers["from_gradient"] * gradient

    def _momentum(self, step: Step, ahead: int) -> Any:
        number = self._pace * (step.number + ahead)
        return step.values[self.cycled] * (1.0 - 0.5 * ops.power(0.96, number))
