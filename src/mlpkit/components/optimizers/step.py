"""The numbers of one step, shared by all variables."""

from collections.abc import Mapping
from typing import Any

from keras import ops

from mlpkit.components.optimizers.run_time_values import scalar_dtype


class Step:
    """Scalars that the parts read and write while one step is prepared.

    A step may have to leave everything as it is: gradients are still being
    accumulated, or they are not finite. Branches are slow under XLA and forbidden in
    some contexts, so such a step is computed like any other, with a zero gradient, a
    zero learning rate and averages that keep all of the past. ``live`` says which.

    Args:
        learning_rate: The rate of this step.
        number: 1 for the first update, 2 for the second, …
        values: Hyperparameters by name.
        counters: What the parts count from step to step; replaced entry by entry.
        live: Boolean scalar, or None for a step that cannot be skipped.
    """

    def __init__(
        self,
        learning_rate: Any,
        *,
        number: Any,
        values: Mapping[str, Any],
        counters: dict[str, Any],
        live: Any | None = None,
    ) -> None:
        self.number = number
        self.values = values
        self.counters = counters
        self._live = None if live is None else ops.cast(live, scalar_dtype())
        self._fresh: dict[str, Any] = {}
        self.learning_rate = self.only_if_live(learning_rate)
        """Factor of the finished direction; parts multiply theirs into it."""

    def only_if_live(self, value: Any) -> Any:
        """``value``, or 0 in a step that changes nothing."""
        return value if self._live is None else value * self._live

    def past(self, name: str) -> Any:
        """The part of the past that hyperparameter ``name`` keeps: β, or 1."""
        return self.values[name] if self._live is None else 1.0 - self.fresh(name)

    def fresh(self, name: str) -> Any:
        """The weight of what is new in an average with decay ``name``: 1 − β, or 0."""
        if name not in self._fresh:
            self._fresh[name] = self.only_if_live(1.0 - self.values[name])
        return self._fresh[name]

    def average_weight(self, counter: str, decay: str) -> Any:
        """Total weight that a moving average started at 0 has given to gradients.

        It is 1 − Πβ, found by averaging ones the way gradients are averaged: right
        when β changes from step to step, and without subtracting nearly equal numbers.
        """
        weight = self.counters[counter]
        weight = weight + self.fresh(decay) * (1.0 - weight)
        self.counters[counter] = weight
        # Zero only before the first live step, where its multiple is zero anyway.
        return ops.maximum(weight, 1e-30)
