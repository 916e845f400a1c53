import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.components.activations import (
    ACTIVATIONS,
    GELU,
    SELU,
    Parametric,
    PReLU,
    RReLU,
    Tanh,
)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_starts_as_the_activation_to_the_last_bit(name, dtype):
    x = tf.cast(np.linspace(-300, 300, 601)[None], dtype)
    inner = ACTIVATIONS[name](dtype=dtype)
    expected = inner(x)
    y = Parametric(inner, dtype=dtype)(x)
    np.testing.assert_array_equal(tf.cast(y, "float64"), tf.cast(expected, "float64"))


@given(st.floats(-2, 2, width=16), st.floats(-50, 50))
def test_formula(alpha, x):
    layer = Parametric(Tanh(dtype="float64"), initial_alpha=alpha, dtype="float64")
    y = layer(np.array([[x]]))
    expected = x + alpha * (np.tanh(x) - x)
    np.testing.assert_allclose(y[0, 0], expected, rtol=1e-13, atol=1e-13)


def test_derivatives_by_x_and_by_alpha():
    layer = Parametric(SELU(dtype="float64"), initial_alpha=0.7, dtype="float64")
    x = np.linspace(-4.95, 4.95, 100).reshape(50, 2)
    point = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(point)
        y = layer(point)
    by_x, by_alpha = tape.gradient(y, [point, layer.alpha.value])
    h = 1e-6
    differences = (layer(x + h) - layer(x - h)) / (2 * h)
    np.testing.assert_allclose(by_x, differences, atol=1e-8)
    bent = SELU(dtype="float64")(x)
    np.testing.assert_allclose(by_alpha, np.sum(bent - x, axis=0), rtol=1e-13)


def test_one_alpha_per_unit_or_one():
    for shared, shape in ((False, (3,)), (True, (1,))):
        layer = Parametric(GELU(), shared=shared)
        layer.build((None, 3))
        assert layer.alpha.shape == shape
        assert [w.name for w in layer.trainable_weights] == ["alpha"]


def test_inner_weights_and_randomness_come_along():
    layer = Parametric(PReLU())
    layer.build((None, 3))
    assert len(layer.trainable_weights) == 2
    random = Parametric(RReLU(seed=1))
    x = -np.ones((1, 50), "float32")
    assert np.ptp(random(x, training=True)) > 0
    assert np.ptp(random(x, training=False)) == 0


def test_members_have_their_own_alpha():
    layer = Parametric(Tanh(dtype="float64"), members=2, dtype="float64")
    x = np.linspace(-3, 3, 12).reshape(4, 3)
    alpha = np.array([[0.1, 0.5, 1.0], [2.0, 0.0, -1.0]])
    layer.build((4, 3))
    layer.alpha.assign(alpha)
    expected = x + alpha[:, None] * (np.tanh(x) - x)
    np.testing.assert_allclose(layer(x), expected, atol=1e-14)
    views = np.stack([x, 2 * x])
    expected = views + alpha[:, None] * (np.tanh(views) - views)
    np.testing.assert_allclose(layer(views), expected, atol=1e-14)
    shared = Parametric(Tanh(), members=2, shared=True)
    assert shared(x.astype("float32")).shape == (2, 4, 3)
    assert shared.alpha.shape == (2, 1)


def test_members_inside_as_well():
    layer = Parametric(PReLU(members=3), members=3)
    assert layer(np.ones((4, 2), "float32")).shape == (3, 4, 2)
    assert [w.shape for w in layer.weights] == [(3, 2), (3, 2)]


@pytest.mark.parametrize("factor", [0.1, 1.0, 3.0])
def test_factor_is_a_learning_rate_of_adam(factor):
    x, y = np.linspace(-3, 3, 20).reshape(10, 2), np.ones((10, 2))

    def course(rate, factor):
        layer = Parametric(
            Tanh(dtype="float64"), learning_rate_factor=factor, dtype="float64"
        )
        optimizer = keras.optimizers.Adam(rate, epsilon=1e-14)
        layer.build(x.shape)
        for _ in range(20):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((layer(x) - y) ** 2)
            (gradient,) = tape.gradient(loss, layer.trainable_variables)
            optimizer.apply([gradient], layer.trainable_variables)
        return layer.plain_alpha().numpy()

    np.testing.assert_allclose(course(0.01, factor), course(0.01 * factor, 1.0))
    assert not np.allclose(course(0.01, factor), 1.0)


def test_the_factor_of_realmlp_starts_as_the_activation_to_the_last_bit():
    x = np.linspace(-300, 300, 601, dtype="float32")[None]
    y = Parametric(SELU(), learning_rate_factor=0.1)(x)
    np.testing.assert_array_equal(y, SELU()(x))


def test_bad_arguments():
    with pytest.raises(
        ValueError, match="activation must be a Keras layer, got 'selu'"
    ):
        Parametric("selu")
    with pytest.raises(ValueError, match="initial_alpha must be finite, got nan"):
        Parametric(SELU(), initial_alpha=float("nan"))
    for factor in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValueError, match=r"factor must be in \(0, inf\), got"):
            Parametric(SELU(), learning_rate_factor=factor)
    with pytest.raises(ValueError, match="Parametric: members must be None or a who"):
        Parametric(SELU(), members=0)
    with pytest.raises(ValueError, match=r"or \(2, rows, features\) with members=2"):
        Parametric(SELU(), members=2).build((3, None, 4))
