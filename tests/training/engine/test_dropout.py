"""Keras' dropout in a compiled loop: as much as asked, each time anew."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit import layers, schedules
from mlpkit.training import engine, fit

pytestmark = pytest.mark.slow

X = np.ones((64, 50), np.float32)


def model(rate):
    keras.utils.set_random_seed(1)
    net = keras.Sequential([keras.Input((50,)), keras.layers.Dropout(rate, seed=3)])
    net.add(keras.layers.Dense(1, kernel_initializer="ones", trainable=False))
    net.add(keras.layers.Dense(1, kernel_initializer="ones", use_bias=False))
    net.compile(keras.optimizers.SGD(0.0), "mse")
    return net


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_drops_as_much_as_asked(rate, jit_compile):
    """With unit weights the loss is the variance of a sum of scaled Bernoullis."""
    history = fit(
        model(rate),
        X,
        50 * X[:, :1],
        epochs=60,
        batch_size=32,
        jit_compile=jit_compile,
    )
    losses = history.history["loss"]
    assert len(set(losses)) > 50  # other masks every time
    assert np.mean(losses) == pytest.approx(50 * rate / (1 - rate), rel=0.1)


def test_xla_and_the_plain_graph_draw_the_same_masks():
    losses = [
        fit(model(0.3), X, X[:, :1], epochs=3, jit_compile=jit).history["loss"]
        for jit in (False, True)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-5)


class InAFunction(keras.layers.Layer):
    """Drops in a graph of its own."""

    def __init__(self):
        super().__init__()
        self.inner = layers.Dropout(0.5, seed=4)

    def call(self, x, training=False):
        return tf.function(lambda x: self.inner(x, training=training))(x)


def two_masks(first, second):
    """The sum of a difference: 0 where both masks are one."""
    inputs = keras.Input((50,))
    apart = keras.layers.Subtract()([first(inputs), second(inputs)])
    ones = keras.layers.Dense(1, kernel_initializer="ones", use_bias=False)
    net = keras.Model(inputs, ones(apart))
    net.compile(keras.optimizers.SGD(0.0), "mse")
    return net


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("kind", ["one seed", "one layer", "function"])
def test_masks_of_a_step_are_independent(kind, jit_compile):
    """The variance of a sum of 50 differences of Bernoullis, scaled by 2."""
    engine.clear()
    first = layers.Dropout(0.5, seed=3)
    second = {"one layer": first, "function": InAFunction()}.get(
        kind, layers.Dropout(0.5, seed=3)
    )
    options = {"epochs": 60, "batch_size": 32, "jit_compile": jit_compile}
    history = fit(two_masks(first, second), X, 0 * X[:, :1], **options)
    losses = history.history["loss"]
    assert len(set(losses)) > 50
    assert np.mean(losses) == pytest.approx(100, rel=0.1)


def test_xla_and_the_plain_graph_draw_the_same_masks_in_turn():
    pairs = [(layers.Dropout(0.5, seed=3), layers.Dropout(0.2, seed=4)) for _ in "ab"]
    losses = [
        fit(two_masks(*pair), X, X[:, :1], epochs=3, jit_compile=jit).history["loss"]
        for pair, jit in zip(pairs, (False, True), strict=True)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-5)


def test_another_rate_compiles_nothing_and_counts():
    engine.clear()
    fit(model(0.5), X, 50 * X[:, :1], batch_size=32)
    before = engine.compilations()
    history = fit(model(0.01), X, 50 * X[:, :1], batch_size=32, epochs=60)
    assert engine.compilations() == before
    assert np.mean(history.history["loss"]) == pytest.approx(50 / 99, rel=0.15)


def test_the_layer_is_as_before():
    net = model(0.5)
    fit(net, X, X[:, :1])
    layer = net.layers[0]
    assert "call" not in vars(layer)
    np.testing.assert_array_equal(layer(X), X)


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("kind", [keras.layers.Dropout, layers.Dropout])
def test_a_schedule_scales_the_rate(kind, jit_compile):
    """From 0.5 down to 0: then the sum is exact, and the loss nothing."""
    net = keras.Sequential([keras.Input((50,)), kind(0.5, seed=3)])
    net.add(keras.layers.Dense(1, kernel_initializer="ones", use_bias=False))
    net.compile(keras.optimizers.SGD(0.0), "mse")
    course = schedules.FlatCosine(1.0, total_steps=2 * 50)
    history = fit(
        net,
        X,
        50 * X[:, :1],
        batch_size=32,
        epochs=60,
        schedules={"dropout": course},
        jit_compile=jit_compile,
    )
    losses = history.history["loss"]
    assert np.mean(losses[:25]) == pytest.approx(50, rel=0.1)
    assert 0 < losses[40] < losses[30]
    assert losses[50:] == [0.0] * 10
    assert float(net.layers[0].rate) == 0.5
