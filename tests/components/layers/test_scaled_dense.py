import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.layers import ScaledDense
from mlpkit.components.optimizers import Adam

RNG = np.random.default_rng(0)
X = RNG.normal(size=(9, 5)).astype("float32")
Y = RNG.normal(size=(9, 3)).astype("float32")


def normal(seed=1):
    return keras.initializers.RandomNormal(stddev=1.0, seed=seed)


def built(**arguments):
    layer = ScaledDense(3, **{"bias_initializer": normal(2), **arguments})
    layer.build(X.shape)
    return layer


@pytest.mark.parametrize("factors", [(1.0, 0.1), (2.0, 5.0)])
def test_equals_the_formula(factors):
    layer = built(kernel_factor=factors[0], bias_factor=factors[1])
    kernel, bias = (w.astype("float64") for w in layer.get_weights())
    expected = factors[0] * (X @ kernel) / np.sqrt(5) + factors[1] * bias
    np.testing.assert_allclose(layer(X), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("members", [None, 2])
def test_initializers_give_w_and_b_whatever_the_factors(members):
    plain = [
        built(
            kernel_initializer=normal(1),
            kernel_factor=f,
            bias_factor=f,
            members=members,
        ).plain_weights()
        for f in (1.0, 0.1)
    ]
    for one, two in zip(*plain, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-6)
    if members is None:
        expected = normal(1)((5, 3)).numpy() / np.sqrt(5)
        np.testing.assert_allclose(plain[0][0], expected, rtol=1e-6)
        np.testing.assert_allclose(plain[0][1], normal(2)((3,)), rtol=1e-6)


def test_default_start_is_normal_with_zero_biases():
    layer = ScaledDense(400)
    layer.build((None, 300))
    kernel, bias = layer.get_weights()
    assert abs(kernel.std() - 1) < 0.01
    assert (bias == 0).all()
    other = ScaledDense(400)
    other.build((None, 300))
    assert not np.array_equal(other.get_weights()[0], kernel)


def test_plain_weights_are_those_of_a_dense_layer():
    layer = built(kernel_factor=3.0)
    dense = keras.layers.Dense(3)
    dense.build(X.shape)
    dense.set_weights(layer.plain_weights())
    np.testing.assert_allclose(dense(X), layer(X), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("members", [None, 2])
def test_plain_weights_can_be_set(members):
    layer = built(kernel_factor=3.0, members=members)
    kernel, bias = (2 * w for w in layer.plain_weights())
    layer.set_plain_weights(kernel=kernel)
    np.testing.assert_allclose(layer.plain_weights()[0], kernel, rtol=1e-6)
    np.testing.assert_allclose(2 * layer.plain_weights()[1], bias, rtol=1e-6)
    layer.set_plain_weights(bias=bias)
    np.testing.assert_allclose(layer.plain_weights()[1], bias, rtol=1e-6)


def test_without_bias():
    layer = ScaledDense(3, use_bias=False)
    y = layer(X)
    kernel, bias = layer.plain_weights()
    assert bias is None
    assert len(layer.weights) == 1
    np.testing.assert_allclose(y, X @ kernel, rtol=1e-5, atol=1e-6)


def train(layer, optimizer, variables, steps=50):
    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.tanh(layer(x)) - y))
        values = [v.value for v in variables]
        optimizer.apply(tape.gradient(loss, values), variables)

    x, y = tf.constant(X, layer.compute_dtype), tf.constant(Y, layer.compute_dtype)
    for _ in range(steps):
        step()


def test_adam_with_factors_equals_a_dense_layer_with_learning_rates_of_its_own():
    # a factor f on p is a learning rate f·η: p = f·p̂ and Adam's step has no scale
    rate, kernel_factor, bias_factor = 0.01, 0.5, 0.1
    scaled = built(
        kernel_initializer=normal(),
        kernel_factor=kernel_factor,
        bias_factor=bias_factor,
        dtype="float64",
    )
    dense = keras.layers.Dense(3, dtype="float64")
    dense.build(X.shape)
    dense.set_weights(scaled.plain_weights())
    tiny = 1e-30  # ε is the one thing in Adam that has a scale
    train(scaled, Adam(rate, epsilon=tiny), scaled.trainable_variables)

    optimizers = {
        "kernel": Adam(rate * kernel_factor / np.sqrt(5), epsilon=tiny),
        "bias": Adam(rate * bias_factor, epsilon=tiny),
    }

    class Both:
        def apply(self, gradients, variables):
            for gradient, variable in zip(gradients, variables, strict=True):
                optimizers[variable.name].apply([gradient], [variable])

    train(dense, Both(), dense.trainable_variables)
    # learning rates are float32 numbers
    for ours, theirs in zip(scaled.plain_weights(), dense.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-8)
    moved = np.abs(scaled.plain_weights()[0] - normal()((5, 3)) / np.sqrt(5))
    assert moved.min() > 0.001


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("shared", [False, True])
def test_members_equal_separate_layers(jit, shared):
    m = 3
    both = built(members=m)
    x = X if shared else RNG.normal(size=(m, *X.shape)).astype("float32")

    @tf.function(jit_compile=jit)
    def value_and_gradient(layer, x):
        with tf.GradientTape() as tape:
            y = layer(x)
            loss = tf.reduce_sum(tf.square(y))
        return y, tape.gradient(loss, [w.value for w in layer.weights])

    y, gradients = value_and_gradient(both, tf.constant(x))
    assert y.shape == (m, 9, 3)
    for i in range(m):
        one = built()
        one.set_weights([w[i] for w in both.get_weights()])
        mine, own = value_and_gradient(one, tf.constant(X if shared else x[i]))
        np.testing.assert_allclose(mine, y[i], rtol=1e-5, atol=1e-5)
        for a, b in zip(own, gradients, strict=True):
            np.testing.assert_allclose(a, b[i], rtol=1e-5, atol=1e-4)


def test_members_start_apart():
    kernel, bias = built(members=3).get_weights()
    assert len({w.tobytes() for w in kernel}) == len({b.tobytes() for b in bias}) == 3


def test_leading_axes_pass():
    layer = built()
    x = np.stack([X, 2 * X])
    y = layer(x)
    assert y.shape == layer.compute_output_shape(x.shape) == (2, 9, 3)
    np.testing.assert_allclose(y[1], layer(2 * X), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0}, "units must be >= 1, got 0"),
        ({"kernel_factor": 0.0}, r"kernel_factor must be in \(0, inf\), got 0.0"),
        ({"bias_factor": -1.0}, r"bias_factor must be in \(0, inf\), got -1.0"),
        ({"members": 0}, "members must be None or a whole number >= 1, got 0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=f"ScaledDense: {message}"):
        ScaledDense(**{"units": 3, **arguments})
