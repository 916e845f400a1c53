"""What gradient and learning-rate components have in common."""

from collections.abc import Mapping
from typing import Any

from mlpkit.components.optimizers.step import Step

Numbers = Mapping[str, Any]
"""Scalars of one step by name, in the type of the buffer they are used with."""
Slots = dict[str, Any]
"""State of one buffer by name; a part replaces the entries it changes."""


class Part:
    """Half of an optimizer: prepared once a step, then applied to every buffer.

    A subclass has a method ``apply`` that works on whole buffers of variables. The two
    parts of an optimizer share slots and numbers, so their names must differ.

    Args:
        slots: State of the variables' shape: name → first value.
        counters: Scalar state: name → first value.
    """

    def __init__(
        self,
        *,
        slots: Mapping[str, float] | None = None,
        counters: Mapping[str, float] | None = None,
    ) -> None:
        self.slots = dict(slots or {})
        self.counters = dict(counters or {})

    def prepare(self, step: Step) -> Numbers:
        """The scalars that ``apply`` needs; may move counters and the rate on."""
        return {}


def average(slots: Slots, name: str, value: Any, fresh: Any) -> Any:
    """Give ``value`` the weight ``fresh`` in the moving average ``name``; return it.

    With weight 0 the average keeps every bit, which β·a + (1 − β)·x would do as well,
    but at the price of one more pass over the buffer.
    """
    slots[name] = slots[name] + fresh * (value - slots[name])
    return slots[name]
