import keras
import numpy as np

from mlpkit.components.optimizers import SGD


def test_equals_the_formula(run, every_gradient, starts):
    expected = starts - 0.1 * np.cumsum(every_gradient, axis=0)
    np.testing.assert_allclose(run(SGD(0.1), every_gradient), expected, rtol=1e-10)


def test_equals_keras(run, every_gradient):
    ours = run(SGD(0.125, keras_compatible=True), every_gradient)
    peer = run(keras.optimizers.SGD(0.125), every_gradient)
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)
