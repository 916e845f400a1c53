import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit.components.schedules import WarmupCosine


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 300),
    st.floats(0.0, 0.99),
    st.floats(0.0, 1.0),
)
def test_rises_to_the_peak_then_falls_to_the_end(steps, warmup, final):
    schedule = WarmupCosine(
        2.0, total_steps=steps, warmup_fraction=warmup, final_factor=final
    )
    rates = schedule.curve(steps + 3)
    rise = int(warmup * steps)
    assert (np.diff(rates[:rise]) > 0).all()
    assert (np.diff(rates[rise:]) <= 1e-14).all()
    assert rates.max() == pytest.approx(2.0)
    assert rates[0] > 0
    np.testing.assert_allclose(rates[steps:], 2.0 * final, atol=1e-15)


def test_equals_the_formula_as_it_is_written():
    step = np.arange(100)
    rising = 0.1 * (step + 1) / 20
    falling = 0.1 * (0.2 + 0.8 * (1 + np.cos(np.pi * (step - 20) / 80)) / 2)
    schedule = WarmupCosine(0.1, total_steps=100, warmup_fraction=0.2, final_factor=0.2)
    expected = np.where(step < 20, rising, falling)
    np.testing.assert_allclose(schedule.curve(100), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"warmup_fraction": 1.0}, r"warmup_fraction must be in \[0, 1\), got 1.0"),
        ({"final_factor": -0.1}, r"final_factor must be in \[0, 1\], got -0.1"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, message):
    with pytest.raises(ValueError, match="WarmupCosine: " + message):
        WarmupCosine(0.1, total_steps=10, **arguments)
