import keras
import numpy as np
import pytest

from mlpkit.components.optimizers import AdaGrad


def test_equals_the_paper(run, every_gradient, starts):
    total = 0.2 + np.cumsum(every_gradient**2, axis=0)
    steps = 0.1 * every_gradient / (np.sqrt(total) + 1e-10)
    expected = starts - np.cumsum(steps, axis=0)
    ours = run(AdaGrad(0.1, initial_accumulator_value=0.2), every_gradient)
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_equals_keras(run, every_gradient):
    options = {"initial_accumulator_value": 0.125, "epsilon": 2**-23}
    ours = run(AdaGrad(0.125, keras_compatible=True, **options), every_gradient)
    peer = run(keras.optimizers.Adagrad(0.125, **options), every_gradient)
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)


def test_a_negative_start_is_refused():
    message = r"AdaGrad: initial_accumulator_value must be in \[0, inf\), got -1"
    with pytest.raises(ValueError, match=message):
        AdaGrad(initial_accumulator_value=-1)
