import keras
import numpy as np
import pytest

from mlpkit.components.optimizers import AdaMax


def test_equals_the_paper(run, every_gradient, starts):
    mean, norm, weight, expected = 0.0, 0.0, starts, []
    for t, gradient in enumerate(every_gradient, start=1):
        mean = 0.9 * mean + 0.1 * gradient
        norm = np.maximum(0.999 * norm, np.abs(gradient) + 1e-8)
        weight = weight - 0.01 / (1 - 0.9**t) * mean / norm
        expected.append(weight)
    ours = run(AdaMax(0.01), every_gradient)
    np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("kind", ["random", "sparse", "zero"])
def test_equals_keras(run, gradients, kind):
    # Numbers that float32 holds exactly: Keras rounds its hyperparameters to it.
    options = {"beta_1": 0.875, "beta_2": 1 - 2**-9, "epsilon": 2**-23}
    ours = AdaMax(2**-7, keras_compatible=True, **options)
    peer = keras.optimizers.Adamax(2**-7, **options)
    ours, peer = run(ours, gradients(kind)), run(peer, gradients(kind))
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)
