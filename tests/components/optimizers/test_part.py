import numpy as np
import pytest

from mlpkit.components.optimizers.gradient_parts import GradientPart
from mlpkit.components.optimizers.part import Part, average
from mlpkit.components.optimizers.rate_parts import RatePart


def test_an_average_with_weight_zero_keeps_every_bit():
    slots = {"a": np.float32(0.1)}
    average(slots, "a", np.float32(1e30), np.float32(0.0))
    assert slots["a"] == np.float32(0.1)


def test_an_average_moves_by_its_weight():
    slots = {"a": 1.0}
    assert average(slots, "a", 5.0, 0.25) == slots["a"] == 2.0


def test_a_part_has_no_state_unless_it_says_so():
    part = Part()
    assert part.slots == part.counters == part.prepare(None) == {}


def test_parts_without_an_apply_say_so():
    with pytest.raises(NotImplementedError):
        GradientPart().apply(None, {}, {})
    with pytest.raises(NotImplementedError):
        RatePart().apply(None, None, {}, {})
