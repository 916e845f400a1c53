"""What the three embeddings share, checked for each of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.layers import PBLD, PeriodicEmbedding, PiecewiseLinear

X = np.random.default_rng(0).normal(size=(9, 5)).astype("float32")
BINS = [[-1.0, 0.0, 1.0], [-0.5, 0.5], [-2.0, -1.0, 0.0, 2.0]]
MAKE = {
    "pbld": lambda **k: PBLD(3, dim=4, **k),
    "periodic": lambda **k: PeriodicEmbedding(3, dim=4, frequencies=6, sigma=1, **k),
    "piecewise A": lambda **k: PiecewiseLinear(BINS, dim=4, version="A", **k),
    "piecewise B": lambda **k: PiecewiseLinear(BINS, dim=4, **k),
}
each = pytest.mark.parametrize("name", MAKE)


def randomized(layer):
    """Weights that are zero at the start get a value, too."""
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


@each
@pytest.mark.parametrize("members", [None, 2])
def test_the_rest_passes_after_the_features_in_order(name, members):
    layer = MAKE[name](members=members, seed=1)
    y = layer(X).numpy()
    assert y.shape[-2:] == (9, 3 * 4 + 2)
    assert y.shape == layer.compute_output_shape(X.shape)
    np.testing.assert_array_equal(
        y[..., 12:], np.broadcast_to(X[:, 3:], (*y.shape[:-1], 2))
    )
    for i in range(3):
        other = X.copy()
        other[:, i] += 1
        changed = (layer(other).numpy() != y).any(axis=-2).reshape(-1, 14).any(axis=0)
        assert set(np.flatnonzero(changed)) <= {*range(4 * i, 4 * i + 4)}
        assert changed.any()


@each
@pytest.mark.parametrize("shared", [False, True])
def test_members_equal_separate_layers(name, shared):
    both = MAKE[name](members=2)
    both.build(X.shape)
    randomized(both)
    x = X if shared else np.stack([X, 2 - X])
    y = both(x)
    for i in range(2):
        one = MAKE[name]()
        one.build(X.shape)
        one.set_weights([w[i] for w in both.get_weights()])
        np.testing.assert_allclose(
            one(X if shared else x[i]), y[i], rtol=1e-5, atol=1e-5
        )


@each
def test_members_start_apart_and_seeds_repeat(name):
    def start(seed):
        layer = MAKE[name](members=2, seed=seed)
        layer.build(X.shape)
        return layer.get_weights()

    drawn = start(1)
    assert all(w.any() == (w[0] != w[1]).any() for w in drawn)
    for one, two in zip(drawn, start(1), strict=True):
        np.testing.assert_array_equal(one, two)
    assert any((a != b).any() for a, b in zip(drawn, start(2), strict=True))


@each
def test_a_factor_leaves_the_start_and_scales_the_step(name):
    slow, plain = (
        MAKE[name](seed=1, learning_rate_factor=f, dtype="float64") for f in (0.1, 1.0)
    )
    y = slow(X.astype("float64"))
    np.testing.assert_allclose(y, plain(X.astype("float64")), rtol=1e-6, atol=1e-7)
    for one, two in zip(slow.weights, plain.weights, strict=True):
        np.testing.assert_allclose(0.1 * one.numpy(), two.numpy(), rtol=1e-6)


@each
def test_gradient_reaches_every_weight_compiled_or_not(name):
    layer = MAKE[name](members=2, seed=1)
    layer.build(X.shape)
    randomized(layer)

    def gradients():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(layer(X)))
        return tape.gradient(loss, [w.value for w in layer.weights])

    plain = gradients()
    assert all(g.numpy().any() for g in plain)
    for one, two in zip(plain, tf.function(gradients, jit_compile=True)(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-3)


@each
def test_half_precision_computes_in_float32(name):
    layer = MAKE[name](seed=1, dtype="mixed_bfloat16")
    fine = np.float32(1.001) * X  # bfloat16 does not tell it from X
    y = MAKE[name](seed=1)(fine)
    np.testing.assert_allclose(tf.cast(layer(fine), "float32"), y, rtol=2**-8)


@each
def test_no_rows_and_leading_axes(name):
    layer = MAKE[name](seed=1)
    assert layer(X[:0]).shape == (0, 14)
    x = np.stack([X, X + 1])
    np.testing.assert_allclose(layer(x)[1], layer(X + 1), rtol=1e-5, atol=1e-6)
    assert layer(keras.Input((7, 5))).shape == (None, 7, 14)


@each
def test_too_few_columns(name):
    message = r"the input must have >= 3 columns, the numeric ones, got shape \(9, 2\)"
    with pytest.raises(ValueError, match=message):
        MAKE[name]()(X[:, :2])


@pytest.mark.parametrize("cls", [PBLD, PeriodicEmbedding])
def test_all_columns_are_numeric_where_nothing_is_said(cls):
    assert cls(dim=4)(X).shape == (9, 20)


@pytest.mark.parametrize("cls", [PBLD, PeriodicEmbedding])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_numeric": 0}, "num_numeric must be >= 1, got 0"),
        ({"dim": 0}, "dim must be >= 1, got 0"),
        ({"frequencies": 0}, "frequencies must be >= 1, got 0"),
        ({"sigma": 0.0}, r"sigma must be in \(0, inf\), got 0.0"),
        ({"learning_rate_factor": -1}, r"learning_rate_factor must be in \(0, inf\)"),
    ],
)
def test_bad_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=f"{cls.__name__}: {message}"):
        cls(**arguments)
