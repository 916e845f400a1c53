import keras
import numpy as np
import pytest

from mlpkit.components.layers import MemberBatchNormalization

RNG = np.random.default_rng(0)
X = RNG.normal(loc=3, scale=[1, 5, 0.1], size=(2, 40, 3)).astype("float32")


def test_each_member_is_keras_layer():
    together = MemberBatchNormalization(2, momentum=0.8)
    alone = [keras.layers.BatchNormalization(momentum=0.8) for _ in X]
    for training in (True, True, False):
        y = together(X, training=training)
        for one, x, found in zip(alone, X, y, strict=True):
            expected = one(x, training=training)
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    for i, weight in enumerate(together.get_weights()):
        for k, one in enumerate(alone):
            np.testing.assert_allclose(weight[k], one.get_weights()[i], rtol=1e-5)


def test_one_input_for_all_members():
    layer = MemberBatchNormalization(2)
    y = layer(X[0], training=True)
    assert y.shape == layer.compute_output_shape(X[0].shape) == (2, 40, 3)
    np.testing.assert_allclose(y.numpy().mean(axis=1), 0, atol=1e-5)


def test_frozen_it_keeps_its_averages():
    layer = MemberBatchNormalization(2)
    layer.build(X.shape)
    layer.trainable = False
    np.testing.assert_allclose(layer(X, training=True), X / 1.001**0.5, rtol=1e-5)
    assert layer.get_weights()[2].any() == 0


def test_gamma_and_beta_do_not_decay():
    layer = MemberBatchNormalization(2)
    layer.build(X.shape)
    names = [w.name for w in layer.trainable_weights]
    assert names == ["gamma", "beta"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"members": 0}, "members must be None or a whole number >= 1"),
        ({"members": None}, "members must be a whole number >= 1, got None"),
        ({"members": 2, "momentum": 1.0}, r"momentum must be in \[0, 1\), got 1.0"),
        ({"members": 2, "epsilon": 0.0}, "epsilon must be > 0, got 0.0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        MemberBatchNormalization(**arguments)
