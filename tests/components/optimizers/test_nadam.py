import keras
import numpy as np
import pytest

from mlpkit.components.optimizers import Nadam


def momenta(count, pace):
    return 0.9 * (1 - 0.5 * 0.96 ** (pace * np.arange(1, count + 1)))


@pytest.mark.parametrize(
    ("pace", "values"),
    [(0.004, [0.4501, 0.4507, 0.4537, 0.4573]), (1.0, [0.468, 0.601, 0.842, 0.892])],
)
def test_momenta_of_dozat_and_of_keras(pace, values):
    np.testing.assert_allclose(momenta(100, pace)[[0, 9, 49, 99]], values, atol=6e-4)


def test_equals_dozats_formula(run, every_gradient, starts):
    mu = momenta(301, 0.004)
    product = np.cumprod(mu)
    mean, square, weight, expected = 0.0, 0.0, starts, []
    for t, gradient in enumerate(every_gradient):
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        ahead = mu[t + 1] * mean / (1 - product[t + 1])
        ahead = ahead + (1 - mu[t]) * gradient / (1 - product[t])
        root = np.sqrt(square / (1 - 0.999 ** (t + 1)))
        weight = weight - 0.01 * ahead / (root + 1e-8)
        expected.append(weight)
    ours = run(Nadam(0.01), every_gradient)
    np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("kind", ["random", "sparse", "zero"])
def test_equals_keras(run, gradients, kind):
    # Numbers that float32 holds exactly: Keras rounds its hyperparameters to it.
    options = {"beta_1": 0.875, "beta_2": 1 - 2**-9, "epsilon": 2**-23}
    ours = Nadam(2**-7, keras_compatible=True, **options)
    peer = keras.optimizers.Nadam(2**-7, **options)
    ours, peer = run(ours, gradients(kind)), run(peer, gradients(kind))
    # Keras rounds its 0.96 to float32.
    np.testing.assert_allclose(ours, peer, rtol=1e-6, atol=1e-6)
