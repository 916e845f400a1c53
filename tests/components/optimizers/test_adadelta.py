import keras
import numpy as np

from mlpkit.components.optimizers import Adadelta


def test_equals_the_paper(run, every_gradient, starts):
    square, update, weight, expected = 0.0, 0.0, starts, []
    for gradient in every_gradient:
        square = 0.95 * square + 0.05 * gradient**2
        change = gradient * np.sqrt(update + 1e-6) / np.sqrt(square + 1e-6)
        update = 0.95 * update + 0.05 * change**2
        weight = weight - change
        expected.append(weight)
    np.testing.assert_allclose(run(Adadelta(), every_gradient), expected, rtol=1e-8)


def test_equals_keras(run, every_gradient):
    options = {"rho": 0.875, "epsilon": 2**-23}
    ours = run(Adadelta(0.5, keras_compatible=True, **options), every_gradient)
    peer = run(keras.optimizers.Adadelta(0.5, **options), every_gradient)
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)
