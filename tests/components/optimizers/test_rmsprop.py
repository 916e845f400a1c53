import keras
import numpy as np
import pytest

from mlpkit.components.optimizers import RMSprop


@pytest.mark.parametrize("centered", [False, True])
def test_equals_the_formula(run, every_gradient, starts, centered):
    square, mean, weight, expected = 0.0, 0.0, starts, []
    for gradient in every_gradient:
        square = 0.95 * square + 0.05 * gradient**2
        mean = 0.95 * mean + 0.05 * gradient
        spread = np.maximum(square - mean**2, 0) if centered else square
        weight = weight - 0.01 * gradient / (np.sqrt(spread) + 1e-8)
        expected.append(weight)
    ours = run(RMSprop(0.01, rho=0.95, centered=centered), every_gradient)
    np.testing.assert_allclose(ours, expected, rtol=1e-8)


@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("kind", ["random", "sparse", "zero"])
@pytest.mark.slow
def test_equals_keras(run, gradients, kind, centered):
    options = {"rho": 0.875, "epsilon": 2**-23, "centered": centered}
    ours = run(RMSprop(2**-7, keras_compatible=True, **options), gradients(kind))
    peer = run(keras.optimizers.RMSprop(2**-7, **options), gradients(kind))
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)


def test_a_constant_gradient_has_no_negative_spread(run):
    # s − ḡ² tends to 0 here, and rounding takes it below.
    gradients = np.full((2000, 4), 0.1)
    optimizer = RMSprop(1e-8, rho=0.9, centered=True)
    assert np.isfinite(run(optimizer, gradients, dtype="float32")).all()
