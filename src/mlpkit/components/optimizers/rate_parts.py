"""Learning-rate components: how far to go, element by element."""

from typing import Any, final

from keras import ops

from mlpkit.components.optimizers.part import Numbers, Part, Slots, average
from mlpkit.components.optimizers.step import Step


class RatePart(Part):
    """A part that scales the direction d by what past gradients g were like."""

    def apply(self, d: Any, g: Any, slots: Slots, numbers: Numbers) -> Any:
        """The direction, scaled."""
        raise NotImplementedError


@final
class ConstantRate(RatePart):
    """The same rate for every element."""

    def apply(self, d: Any, g: Any, slots: Slots, numbers: Numbers) -> Any:
        """Change d."""
        return d


@final
class SumOfSquares(RatePart):
    """AdaGrad: s ← s + g².

    Args:
        epsilon: ε.
        start: First value of s.
        epsilon_inside: Keras' form √(s + ε).
    """

    def __init__(self, *, epsilon: float, start: float, epsilon_inside: bool) -> None:
        super().__init__(slots={"squares": start})
        self._epsilon = epsilon
        self._inside = epsilon_inside

    def apply(self, d: Any, g: Any, slots: Slots, numbers: Numbers) -> Any:
        """Change d / (√s + ε)."""
        slots["squares"] = slots["squares"] + ops.square(g)
        return d / _root(slots["squares"], self._epsilon, inside=self._inside)


@final
class MeanOfSquares(RatePart):
    """RMSprop: s ← ρ·s + (1 − ρ)·g², and ḡ ← ρ·ḡ + (1 − ρ)·g if centered.

    Args:
        decay: Name of the hyperparameter ρ.
        epsilon: ε.
        centered: Divide by the root of s − ḡ².
        epsilon_inside: Keras' form √(s + ε).
    """

    def __init__(
        self, decay: str, *, epsilon: float, centered: bool, epsilon_inside: bool
    ) -> None:
        names = ["squares", "gradient_mean"] if centered else ["squares"]
        super().__init__(slots=dict.fromkeys(names, 0.0))
        self._decay = decay
        self._epsilon = epsilon
        self._inside = epsilon_inside

    def prepare(self, step: Step) -> Numbers:
        """1 − ρ."""
        return {"squares_fresh": step.fresh(self._decay)}

    def apply(self, d: Any, g: Any, slots: Slots, numbers: Numbers) -> Any:
        """Change d / (√s + ε)."""
        fresh = numbers["squares_fresh"]
        spread = average(slots, "squares", ops.square(g), fresh)
        if "gradient_mean" in slots:
            mean = average(slots, "gradient_mean", g, fresh)
            # Rounding may take the difference below 0, where Keras' root is NaN.
            spread = ops.maximum(spread - ops.square(mean), 0.0)
        return d / _root(spread, self._epsilon, inside=self._inside)


@final
class CorrectedSquares(RatePart):
    """Adam's second moment, v ← β·v + (1 − β)·g², corrected for its start at 0.

    Args:
        decay: Name of the hyperparameter β.
        epsilon: ε, Kingma's: it is added to the corrected root.
        epsilon_hat: Keras' form, √v + ε before the correction.
        keep_largest: AMSGrad: use the largest v so far.
    """

    def __init__(
        self,
        decay: str,
        *,
        epsilon: float,
        epsilon_hat: bool,
        keep_largest: bool = False,
    ) -> None:
        names = ["squares", "largest"] if keep_largest else ["squares"]
        super().__init__(
            slots=dict.fromkeys(names, 0.0), counters={"squares_weight": 0.0}
        )
        self._decay = decay
        self._epsilon = epsilon
        self._epsilon_hat = epsilon_hat

    def prepare(self, step: Step) -> Numbers:
        """1 − β and ε, scaled so that the correction can go into the rate.

        √(v / w) + ε is (√v + ε·√w) / √w: two scalars instead of a pass over v.
        """
        root = ops.sqrt(step.average_weight("squares_weight", self._decay))
        step.learning_rate = step.learning_rate * root
        epsilon = self._epsilon * (ops.ones_like(root) if self._epsilon_hat else root)
        return {"squares_fresh": step.fresh(self._decay), "epsilon": epsilon}

    def apply(self, d: Any, g: Any, slots: Slots, numbers: Numbers) -> Any:
        """Change d / (√v + ε)."""
        squares = average(slots, "squares", ops.square(g), numbers["squares_fresh"])
        if "largest" in slots:
            squares = slots["largest"] = ops.maximum(slots["largest"], squares)
        return d / (ops.sqrt(squares) + numbers["epsilon"])


@final
class LargestGradient(RatePart):
    """AdaMax: u ← max(β·u, |g| + ε).

    Args:
        decay: Name of the hyperparameter β.
        epsilon: ε.
        epsilon_outside: Keras' form u ← max(β·u, |g|), d / (u + ε).
    """

    def __init__(self, decay: str, *, epsilon: float, epsilon_outside: bool) -> None:
        super().__init__(slots={"norm": 0.0})
        self._decay = decay
        self._epsilon = epsilon
        self._outside = epsilon_outside

    def prepare(self, step: Step) -> Numbers:
        """β, and the ε that keeps u from being 0."""
        epsilon = self._epsilon * ops.ones_like(step.learning_rate)
        return {
            "norm_past": step.past(self._decay),
            "norm_floor": step.only_if_live(epsilon),
        }

    def apply(self, d: Any, g: Any, slots: Slots, numbers: Numbers) -> Any:
        """Change d / u."""
        size = ops.absolute(g)
        if not self._outside:
            size = size + numbers["norm_floor"]
        norm = slots["norm"] = ops.maximum(numbers["norm_past"] * slots["norm"], size)
        # A step that changes nothing may come first, and find a norm of 0.
        floor = self._epsilon
        return d / (norm + floor if self._outside else ops.maximum(norm, floor))


@final
class RatioOfUpdates(RatePart):
    """Adadelta: s ← ρ·s + (1 − ρ)·g², u ← ρ·u + (1 − ρ)·Δ² with the change Δ.

    Args:
        decay: Name of the hyperparameter ρ.
        epsilon: ε.
    """

    def __init__(self, decay: str, *, epsilon: float) -> None:
        super().__init__(slots={"squares": 0.0, "updates": 0.0})
        self._decay = decay
        self._epsilon = epsilon

    def prepare(self, step: Step) -> Numbers:
        """1 − ρ."""
        return {"squares_fresh": step.fresh(self._decay)}

    def apply(self, d: Any, g: Any, slots: Slots, numbers: Numbers) -> Any:
        """Change Δ = d·√(u + ε) / √(s + ε)."""
        fresh = numbers["squares_fresh"]
        squares = average(slots, "squares", ops.square(g), fresh)
        size = _root(slots["updates"], self._epsilon, inside=True)
        change = d * (size / _root(squares, self._epsilon, inside=True))
        average(slots, "updates", ops.square(change), fresh)
        return change


def _root(x: Any, epsilon: float, *, inside: bool) -> Any:
    return ops.sqrt(x + epsilon) if inside else ops.sqrt(x) + epsilon
