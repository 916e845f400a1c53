import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import log_expit

from mlpkit.components.losses import BinaryCrossentropy

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(2, 8, 3)).astype("float32") * 3
Y = RNG.integers(0, 2, size=(8, 3)).astype("float32")


def by_hand(z, y, s):
    t = (1 - s) * y + s / 2
    z = z.astype("float64")
    return -(t * log_expit(z) + (1 - t) * log_expit(-z)).mean(-1)


@pytest.mark.parametrize("s", [0.0, 0.1])
def test_value_of_several_labels(s):
    loss = BinaryCrossentropy(label_smoothing=s, reduction=None)
    found = loss(Y, keras.activations.sigmoid(Z))
    np.testing.assert_allclose(found, by_hand(Z, Y, s), rtol=1e-5)
    own = np.stack([Y, 1 - Y])
    found = loss(own, keras.activations.sigmoid(Z))
    np.testing.assert_allclose(found, by_hand(Z, own, s), rtol=1e-5)


@pytest.mark.parametrize("shape", [(8,), (8, 1), (2, 8)])
def test_value_of_one_label(shape):
    y = np.broadcast_to(Y[:, 0], (2, 8)) if shape == (2, 8) else Y[:, 0].reshape(shape)
    loss = BinaryCrossentropy(reduction=None, from_logits=True)
    expected = by_hand(Z[..., :1], Y[:, :1], 0.0)
    np.testing.assert_allclose(loss(y, Z[..., :1]), expected, rtol=1e-5)


@pytest.mark.parametrize("s", [0.0, 0.2])
def test_one_network_as_keras_own(s):
    p = tf.sigmoid(Z[0])
    np.testing.assert_allclose(
        BinaryCrossentropy(label_smoothing=s)(Y, p),
        keras.losses.BinaryCrossentropy(label_smoothing=s)(Y, p),
        rtol=1e-5,
    )


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_a_sigmoid_that_is_sure_and_wrong_still_learns(policy):
    layer = keras.layers.Dense(1, "sigmoid", dtype=policy)
    layer.build((None, 1))
    layer.kernel.assign([[400.0]])
    with tf.GradientTape() as tape:
        value = BinaryCrossentropy()([0.0], layer(tf.ones((1, 1))))
    assert value == 400
    np.testing.assert_array_equal(tape.gradient(value, layer.bias.value), [1])


def test_targets_of_one_label_for_several():
    with pytest.raises(ValueError, match="BinaryCrossentropy: .* 3 per row, got"):
        BinaryCrossentropy()(Y[:, 0], Z)
