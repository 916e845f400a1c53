import keras
import numpy as np
import pytest

from mlpkit.components.optimizers import Momentum
from mlpkit.components.schedules import FlatCosine, OneCycle


def by_hand(weight, gradients, rates, momenta):
    velocity, weights = 0.0, []
    for gradient, rate, momentum in zip(gradients, rates, momenta, strict=True):
        velocity = momentum * velocity + gradient
        weight = weight - rate * velocity
        weights.append(weight)
    return np.array(weights)


def test_equals_the_formula(run, every_gradient, starts):
    ours = run(Momentum(0.1, momentum=0.8), every_gradient)
    expected = by_hand(starts, every_gradient, [0.1] * 300, [0.8] * 300)
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("xla", [False, True])
def test_a_cycle_moves_rate_and_momentum(run, gradients, start, xla):
    cycle = OneCycle(0.1, total_steps=300)
    ours = run(Momentum(cycle), gradients("random"), xla=xla)
    expected = by_hand(
        start, gradients("random"), cycle.curve(300), cycle.momentum_curve(300)
    )
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)


def test_a_cycle_without_momentum_leaves_it_alone(run, gradients, start):
    cycle = OneCycle(0.1, total_steps=300, momentum_range=None)
    ours = run(Momentum(cycle, momentum=0.7), gradients("random"))
    expected = by_hand(start, gradients("random"), cycle.curve(300), [0.7] * 300)
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)


def test_equals_keras_even_when_the_rate_changes(run, gradients):
    schedule = FlatCosine(0.125, total_steps=300)
    ours = run(
        Momentum(schedule, momentum=0.875, keras_compatible=True), gradients("random")
    )
    peer = run(keras.optimizers.SGD(schedule, momentum=0.875), gradients("random"))
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)
    paper = run(Momentum(schedule, momentum=0.875), gradients("random"))
    assert np.abs(paper - peer).max() > 1e-3
