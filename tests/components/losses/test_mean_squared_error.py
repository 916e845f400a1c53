import keras
import numpy as np
import pytest
from sklearn.metrics import mean_squared_error

from mlpkit import fit
from mlpkit.components.layers import ScaledDense
from mlpkit.components.losses import MeanSquaredError

RNG = np.random.default_rng(0)
Y = RNG.normal(size=(20, 2))
OUTPUTS = RNG.normal(size=(3, 20, 2))


def test_value_is_scikit_learns_for_each_member():
    loss = MeanSquaredError(dtype="float64")
    each = [mean_squared_error(Y, outputs) for outputs in OUTPUTS]
    np.testing.assert_allclose(loss(Y, OUTPUTS[1]), each[1], rtol=1e-12)
    np.testing.assert_allclose(loss(Y, OUTPUTS), np.mean(each), rtol=1e-12)


@pytest.mark.parametrize("y", [Y[:, 0], Y[:, :1], np.stack([Y[:, 0]] * 3)])
def test_one_target(y):
    loss = MeanSquaredError(dtype="float64")(y, OUTPUTS[..., :1])
    expected = np.square(Y[:, 0] - OUTPUTS[..., 0]).mean()
    np.testing.assert_allclose(loss, expected, rtol=1e-12)


def test_one_network_as_keras_own():
    expected = keras.losses.MeanSquaredError()(Y, OUTPUTS[0])
    np.testing.assert_allclose(MeanSquaredError()(Y, OUTPUTS[0]), expected, rtol=1e-6)


@pytest.mark.parametrize("rows", [3, 20])
def test_members_learn_as_if_alone(rows):
    x, y = Y[:rows].astype("float32"), OUTPUTS[0, :rows, 0].astype("float32")
    starts = OUTPUTS[:2, :2, :1]

    def trained(members, start, rate):
        layer = ScaledDense(1, members=members)
        model = keras.Sequential([keras.Input((2,)), layer])
        layer.set_plain_weights(kernel=start)
        model.compile(keras.optimizers.SGD(rate), MeanSquaredError())
        fit(model, x, y, epochs=3, batch_size=min(8, rows))
        return layer.plain_weights()[0]

    together = trained(2, starts, 0.2)  # each has half of the loss
    alone = [trained(None, start, 0.1) for start in starts]
    np.testing.assert_allclose(together, alone, rtol=1e-5)
    assert not np.allclose(together, starts)


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="MeanSquaredError: .* 2 per row, got shapes"):
        MeanSquaredError()(Y[:, 0], OUTPUTS)
