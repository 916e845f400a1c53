import keras
import numpy as np
import pytest

from mlpkit.components.layers import MemberDense

X = np.random.default_rng(0).normal(size=(3, 7, 5)).astype("float32")


@pytest.mark.parametrize("use_bias", [True, False])
def test_each_member_is_keras_layer(use_bias):
    layer = MemberDense(4, members=3, use_bias=use_bias, bias_initializer="uniform")
    y = layer(X)
    assert y.shape == layer.compute_output_shape(X.shape) == (3, 7, 4)
    for k, x in enumerate(X):
        alone = keras.layers.Dense(4, use_bias=use_bias)
        alone.build(x.shape)
        alone.set_weights([w[k] for w in layer.get_weights()])
        np.testing.assert_allclose(y[k], alone(x), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(layer(X[0])[0], y[0], rtol=1e-5, atol=1e-6)


def test_members_draw_as_single_networks_do_and_differ():
    start = keras.initializers.HeNormal(seed=1)
    layer = MemberDense(200, members=3, kernel_initializer=start)
    layer.build((None, 50))
    kernel = layer.get_weights()[0]
    np.testing.assert_allclose(kernel.std(axis=(1, 2)), (2 / 50) ** 0.5, rtol=0.03)
    assert abs(np.corrcoef(kernel.reshape(3, -1))[np.triu_indices(3, 1)]).max() < 0.05


def test_plain_weights_are_its_own():
    layer = MemberDense(2, members=3)
    layer.build(X.shape)
    kernel, bias = np.ones((3, 5, 2)), np.arange(6.0).reshape(3, 2)
    layer.set_plain_weights(kernel=kernel)
    layer.set_plain_weights(bias=bias)
    found = layer.plain_weights()
    np.testing.assert_array_equal(found[0], kernel)
    np.testing.assert_array_equal(found[1], bias)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0, "members": 2}, "units must be >= 1, got 0"),
        ({"units": 2, "members": None}, "members must be a whole number >= 1"),
        ({"units": 2, "members": 1.5}, "members must be None or a whole number"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        MemberDense(**arguments)
    with pytest.raises(ValueError, match=r"or \(2, rows, features\) with members=2"):
        MemberDense(2, members=2)(X)
