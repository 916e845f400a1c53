import keras
import numpy as np

from mlpkit.components.optimizers import Nesterov
from mlpkit.components.schedules import FlatCosine


def test_equals_the_formula(run, every_gradient, starts):
    velocity, weight, expected = 0.0, starts, []
    for gradient in every_gradient:
        velocity = 0.8 * velocity + gradient
        weight = weight - 0.1 * (gradient + 0.8 * velocity)
        expected.append(weight)
    ours = run(Nesterov(0.1, momentum=0.8), every_gradient)
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)


def test_looks_ahead_like_nesterovs_two_sequences(run, start):
    # On f(w) = |w|² / 2: y is the point looked ahead to, x the sequence of the paper.
    x, y, momentum, rate = start.copy(), start.copy(), 0.9, 0.1
    gradients, ahead = [], []
    for _ in range(100):
        gradients.append(y.copy())
        x, before = y - rate * y, x
        y = x + momentum * (x - before)
        ahead.append(y)
    ours = run(Nesterov(rate, momentum=momentum), gradients)
    np.testing.assert_allclose(ours, ahead, rtol=1e-9, atol=1e-12)


def test_equals_keras_even_when_the_rate_changes(run, gradients):
    schedule = FlatCosine(0.125, total_steps=300)
    ours = run(
        Nesterov(schedule, momentum=0.875, keras_compatible=True), gradients("random")
    )
    peer = keras.optimizers.SGD(schedule, momentum=0.875, nesterov=True)
    peer = run(peer, gradients("random"))
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)
