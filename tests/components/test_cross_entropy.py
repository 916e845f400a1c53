import numpy as np
import pytest
import tensorflow as tf
from scipy.special import log_expit, log_softmax, softmax

from mlpkit.components.cross_entropy import binary_cross_entropy, sparse_cross_entropy

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(6, 4)) * 5
LABELS = RNG.integers(0, 4, size=(6, 1)).astype("float64")
YES = RNG.integers(0, 2, size=(6, 4)).astype("float64")


def smoothed(s):
    return (1 - s) * np.eye(4)[LABELS[:, 0].astype(int)] + s / 4


@pytest.mark.parametrize("s", [None, 0.0, 0.3])
@pytest.mark.parametrize("jit", [False, True])
def test_sparse_value_and_gradient(s, jit):
    @tf.function(jit_compile=jit)
    def value_and_slope(z):
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = sparse_cross_entropy(tf.constant(LABELS), z, s)
        return loss, tape.gradient(loss, z)

    value, slope = value_and_slope(tf.constant(Z))
    t = smoothed(s or 0.0)
    np.testing.assert_allclose(value, -(t * log_softmax(Z, -1)).sum(-1), rtol=1e-12)
    np.testing.assert_allclose(slope, softmax(Z, -1) - t, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("s", [None, 0.0, 0.3])
@pytest.mark.parametrize("jit", [False, True])
def test_binary_value_and_gradient(s, jit):
    z = Z.copy()
    z[0] = 0  # where a network of zeros starts

    @tf.function(jit_compile=jit)
    def value_and_slope(z):
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = binary_cross_entropy(tf.constant(YES), z, s)
        return loss, tape.gradient(loss, z)

    value, slope = value_and_slope(tf.constant(z))
    t = (1 - (s or 0)) * YES + (s or 0) / 2
    expected = -(t * log_expit(z) + (1 - t) * log_expit(-z)).mean(-1)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(slope, (1 / (1 + np.exp(-z)) - t) / 4, atol=1e-12)


def test_large_logits_keep_their_digits():
    z = tf.constant([[1e4, 0.0], [0.0, 1e4]])
    np.testing.assert_array_equal(sparse_cross_entropy(tf.zeros((2, 1)), z), [0, 1e4])
    wide = tf.constant([[40.0], [-1e4]])
    right, wrong = binary_cross_entropy(tf.ones((2, 1)), wide)
    np.testing.assert_allclose(right, np.exp(-40), rtol=1e-5)
    assert wrong == 1e4


@pytest.mark.parametrize("label", [-1.0, 4.0, 0.5, np.nan])
@pytest.mark.parametrize("jit", [False, True])
def test_labels_that_are_no_class_give_nan(label, jit):
    labels = tf.constant([[0.0], [label]], "float64")
    function = tf.function(sparse_cross_entropy, jit_compile=jit)
    one, two = function(labels, tf.constant(Z[:2]), 0.1)
    assert np.isfinite(one)
    assert np.isnan(two)
