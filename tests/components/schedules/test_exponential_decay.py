import keras
import numpy as np
import pytest

from mlpkit.components.schedules import ExponentialDecay


def test_equals_keras_with_the_same_end():
    ours = ExponentialDecay(0.5, total_steps=80, final_factor=0.02)
    peer = keras.optimizers.schedules.ExponentialDecay(0.5, 80, 0.02)
    expected = [float(peer(step)) for step in range(81)]
    np.testing.assert_allclose(ours.curve(81), expected, rtol=1e-5)


def test_an_end_of_zero_is_refused():
    message = r"ExponentialDecay: final_factor must be in \(0, 1\], got 0"
    with pytest.raises(ValueError, match=message):
        ExponentialDecay(1.0, total_steps=10, final_factor=0)
