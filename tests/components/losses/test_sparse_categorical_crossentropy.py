import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import log_softmax

from mlpkit.components.losses import SparseCategoricalCrossentropy

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(3, 8, 4)).astype("float32") * 3
Y = RNG.integers(0, 4, size=8)


def by_hand(z, y, s):
    t = (1 - s) * np.eye(4)[y] + s / 4
    return -(t * log_softmax(z.astype("float64"), axis=-1)).sum(-1)


@pytest.mark.parametrize("s", [0.0, 0.1])
@pytest.mark.parametrize("targets", ["rows", "column", "members"])
def test_value(s, targets):
    y = {"rows": Y, "column": Y[:, None], "members": np.stack([Y, Y[::-1], Y])}[targets]
    loss = SparseCategoricalCrossentropy(label_smoothing=s, reduction=None)
    found = loss(y, keras.activations.softmax(Z))
    expected = by_hand(Z, y if targets == "members" else Y, s)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    one = SparseCategoricalCrossentropy(label_smoothing=s, from_logits=True)
    np.testing.assert_allclose(one(Y, Z[0]), by_hand(Z[0], Y, s).mean(), rtol=1e-5)


def test_without_smoothing_it_is_keras_own():
    p = tf.nn.softmax(Z[0])
    np.testing.assert_allclose(
        SparseCategoricalCrossentropy()(Y, p),
        keras.losses.SparseCategoricalCrossentropy()(Y, p),
        rtol=1e-5,
    )


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
@pytest.mark.parametrize("jit", [False, True])
def test_a_softmax_that_is_sure_and_wrong_still_learns(policy, jit):
    layer = keras.layers.Dense(2, "softmax", dtype=policy)
    layer.build((None, 1))
    layer.kernel.assign([[-200.0, 200.0]])
    loss = SparseCategoricalCrossentropy()

    @tf.function(jit_compile=jit)
    def value_and_slope():
        with tf.GradientTape() as tape:
            value = loss([0], layer(tf.ones((1, 1))))
        return value, tape.gradient(value, layer.bias.value)

    value, slope = value_and_slope()
    assert value == 400
    np.testing.assert_array_equal(slope, [-1, 1])


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="SparseCategoricalCrossentropy: outputs must"):
        SparseCategoricalCrossentropy()(Y[:5], Z)
