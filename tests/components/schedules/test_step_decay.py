import keras
import numpy as np
import pytest

from mlpkit.components.schedules import StepDecay


def test_equals_keras_with_the_same_boundaries():
    ours = StepDecay(0.1, total_steps=100)
    # Keras' boundary is the last step before the drop.
    peer = keras.optimizers.schedules.PiecewiseConstantDecay(
        [49, 74], [0.1, 0.01, 1e-3]
    )
    expected = [float(peer(step)) for step in range(110)]
    np.testing.assert_allclose(ours.curve(110), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"boundaries": (0.5, 0.5)}, r"boundaries must be rising, in \(0, 1\), got"),
        ({"boundaries": (0.5, 1.5)}, r"boundaries must be in \(0, 1\), got 1.5"),
        ({"factor": 0.0}, r"factor must be in \(0, 1\], got 0.0"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, message):
    with pytest.raises(ValueError, match="StepDecay: " + message):
        StepDecay(0.1, total_steps=10, **arguments)
