import json
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit.components.schedules import OneCycle

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "schedules_torch.json").read_text()
)


def from_torch(arguments):
    renamed = dict(arguments)
    if "anneal_strategy" in renamed:
        anneal = renamed.pop("anneal_strategy")
        renamed["anneal"] = "cosine" if anneal == "cos" else anneal
    if "max_momentum" in renamed:
        renamed["momentum_range"] = (0.85, renamed.pop("max_momentum"))
    return OneCycle(0.1, **renamed)


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda c: str(c["arguments"]))
def test_curves_equal_pytorch(case):
    schedule = from_torch(case["arguments"])
    steps = case["arguments"]["total_steps"]
    np.testing.assert_allclose(schedule.curve(steps), case["rates"], rtol=1e-9)
    np.testing.assert_allclose(
        schedule.momentum_curve(steps), case["momenta"], rtol=1e-9
    )


@pytest.mark.parametrize("case", REFERENCE["cases"][:4], ids=str)
def test_call_equals_pytorch_to_the_same_precision(case):
    schedule = from_torch(case["arguments"])
    for step in range(case["arguments"]["total_steps"]):
        rate, momentum = schedule(step), schedule.momentum(step)
        np.testing.assert_allclose(rate, case["rates"][step], rtol=1e-9)
        np.testing.assert_allclose(momentum, case["momenta"][step], rtol=1e-9)


@pytest.mark.parametrize(
    ("step", "rate", "momentum"),
    [
        (0, 0.004, 0.95),
        (1, 0.004378494337, 0.9496057351),
        (10, 0.03716718427, 0.9154508497),
        (25, 0.1, 0.85),
        (50, 0.07500025, 0.875),
        (90, 0.004323683891, None),
        (99, 4.485805647e-5, 0.9499561415),
    ],
)
def test_fastai_form_has_the_values_of_its_formula(step, rate, momentum):
    schedule = OneCycle.fastai(0.1, total_steps=100)
    np.testing.assert_allclose(schedule.curve(100)[step], rate, rtol=1e-9)
    if momentum is not None:
        np.testing.assert_allclose(
            schedule.momentum_curve(100)[step], momentum, rtol=1e-9
        )


cycles = st.builds(
    OneCycle,
    st.floats(1e-6, 10.0),
    total_steps=st.integers(20, 300),
    pct_start=st.floats(0.1, 0.45),
    div_factor=st.floats(1.0, 100.0),
    final_div_factor=st.floats(1.0, 1e6),
    three_phase=st.booleans(),
    anneal=st.sampled_from(["cosine", "linear"]),
    endpoint=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(cycles)
def test_rates_rise_then_fall_between_their_ends(schedule):
    steps = schedule.total_steps
    rates = schedule.curve(steps + 5)
    peak = schedule.max_learning_rate
    initial = peak / schedule.div_factor
    final = initial / schedule.final_div_factor
    assert rates[0] == pytest.approx(initial, rel=1e-12)
    np.testing.assert_allclose(rates[steps:], final, rtol=1e-12)
    assert rates.min() >= final * (1 - 1e-12)
    assert rates.max() <= peak * (1 + 1e-12)
    joint = schedule.pct_start * steps - (1 if schedule.endpoint else 0)
    rising, falling = rates[: int(joint) + 1], rates[int(np.ceil(joint)) :]
    assert (np.diff(rising) >= -1e-12 * peak).all()
    assert (np.diff(falling) <= 1e-12 * peak).all()


@settings(max_examples=60, deadline=None)
@given(cycles)
def test_momentum_moves_against_the_rate(schedule):
    rates = schedule.curve(schedule.total_steps)
    momenta = schedule.momentum_curve(schedule.total_steps)
    assert momenta.min() >= 0.85 - 1e-12
    assert momenta.max() <= 0.95 + 1e-12
    change = np.diff(rates) * np.diff(momenta)
    # A step across a joint may change one of them and not the other.
    crossed = {int(joint) for joint in schedule._joints()}
    within = [i for i in range(len(change)) if i not in crossed]
    assert (change[within] <= 1e-12 * schedule.max_learning_rate).all()


@settings(max_examples=60, deadline=None)
@given(cycles)
def test_the_curve_has_no_jump_at_its_joints(schedule):
    near = 1e-6
    for joint in schedule._joints():
        before, after = schedule.rate(np.array([joint - near, joint + near]), np)
        assert abs(before - after) <= schedule.max_learning_rate * near * 10


def test_without_a_range_momentum_is_left_alone():
    schedule = OneCycle(0.1, total_steps=10, momentum_range=None)
    assert schedule.momentum(3) is None
    with pytest.raises(ValueError, match="OneCycle: momentum_range must be given"):
        schedule.momentum_curve(10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pct_start": 1.2}, r"OneCycle: pct_start must be in \(0, 1\), got 1.2"),
        ({"div_factor": 0.5}, r"OneCycle: div_factor must be in \[1, inf\), got 0.5"),
        (
            {"final_div_factor": 0},
            r"OneCycle: final_div_factor must be in \[1, inf\), got 0",
        ),
        ({"anneal": "cos"}, "OneCycle: anneal must be 'cosine' or 'linear', got 'cos'"),
        ({"momentum_range": (0.9, 0.8)}, r"OneCycle: momentum_range .* got \(0.9, 0.8"),
        ({"momentum_range": (0.9,)}, r"OneCycle: momentum_range .* got \(0.9,\)"),
        ({"total_steps": 3}, "OneCycle: total_steps must give every phase .* got 3"),
        (
            {"pct_start": 0.6, "three_phase": True},
            "OneCycle: total_steps must give every phase .* got 100",
        ),
    ],
)
def test_arguments_out_of_range_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        OneCycle(0.1, **{"total_steps": 100, **arguments})


def test_it_drives_any_keras_optimizer():
    optimizer = keras.optimizers.SGD(OneCycle(0.1, total_steps=10))
    assert float(optimizer.learning_rate) == pytest.approx(0.004)
