import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import mean_pinball_loss

from mlpkit import fit
from mlpkit.components.layers import OrderedQuantiles
from mlpkit.components.losses import PinballLoss

QUANTILES = [0.1, 0.5, 0.8]
RNG = np.random.default_rng(0)
Y = RNG.normal(size=(20, 2))
OUTPUTS = RNG.normal(size=(3, 20, 6))


def by_sklearn(y, outputs):
    split = outputs.reshape(len(y), 2, 3)
    return np.mean(
        [mean_pinball_loss(y, split[..., i], alpha=q) for i, q in enumerate(QUANTILES)]
    )


def test_value_is_scikit_learns_for_each_member():
    loss = PinballLoss(QUANTILES, dtype="float64")
    each = [by_sklearn(Y, outputs) for outputs in OUTPUTS]
    np.testing.assert_allclose(loss(Y, OUTPUTS[1]), each[1], rtol=1e-12)
    np.testing.assert_allclose(loss(Y, OUTPUTS), np.mean(each), rtol=1e-12)
    rows = PinballLoss(QUANTILES, reduction=None, dtype="float64")(Y, OUTPUTS)
    np.testing.assert_allclose(rows.numpy().mean(axis=1), each, rtol=1e-12)


@pytest.mark.parametrize("y", [Y[:, 0], Y[:, :1], np.stack([Y[:, 0]] * 3)])
def test_one_target(y):
    loss = PinballLoss(QUANTILES, dtype="float64")
    outputs = OUTPUTS[..., :3]
    e = Y[:, :1] - outputs
    expected = np.where(e > 0, e * QUANTILES, e * (np.array(QUANTILES) - 1)).mean()
    np.testing.assert_allclose(loss(y, outputs), expected, rtol=1e-12)


def test_derivative_above_below_and_at_the_target():
    outputs = tf.Variable([[1.0], [0.0], [-1.0]])
    with tf.GradientTape() as tape:
        value = PinballLoss([0.3], reduction="sum")([0.0, 0.0, 0.0], outputs)
    np.testing.assert_allclose(tape.gradient(value, outputs), [[0.7], [-0.3], [-0.3]])


def test_finds_the_quantiles_of_a_sample():
    y = np.random.default_rng(1).exponential(size=999).astype("float32")
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(3), OrderedQuantiles(3)]
    )
    model.compile(keras.optimizers.Adam(0.05), PinballLoss(QUANTILES))
    fit(model, np.ones((999, 1), "float32"), y, epochs=300, batch_size=999)
    found = model.predict_on_batch(np.ones((1, 1), "float32"))[0]
    np.testing.assert_allclose(found, np.quantile(y, QUANTILES), atol=0.05)


@pytest.mark.parametrize("quantiles", [[], [0.0], [1.0], [0.5, 0.2], [0.5, 0.5]])
def test_bad_quantiles(quantiles):
    with pytest.raises(ValueError, match=r"quantiles must be numbers in \(0, 1\), asc"):
        PinballLoss(quantiles)


def test_bad_shapes():
    with pytest.raises(ValueError, match=r"must have 3 columns, .* got shape \(2, 4\)"):
        PinballLoss(QUANTILES)([0.0, 0.0], np.zeros((2, 4)))
    with pytest.raises(ValueError, match="PinballLoss: .* 2 per row, got shapes"):
        PinballLoss(QUANTILES)([0.0, 0.0], np.zeros((2, 6)))
