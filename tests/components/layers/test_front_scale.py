import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.layers import FrontScale
from mlpkit.components.optimizers import Adam

X = np.random.default_rng(0).normal(size=(7, 4)).astype("float32")


def test_starts_as_the_identity():
    np.testing.assert_array_equal(FrontScale()(X), X)
    np.testing.assert_array_equal(FrontScale(members=3)(X), np.stack([X, X, X]))


def test_scales_by_one_plus_six_times_the_variable():
    layer = FrontScale(members=2)
    layer.build(X.shape)
    offset = np.linspace(-1, 1, 8).reshape(2, 4)
    layer.offset.assign(offset)
    expected = X * (1 + 6 * offset[:, None])
    np.testing.assert_allclose(layer(X), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(layer.plain_scale(), 1 + 6 * offset, rtol=1e-6)


def test_adam_moves_the_scale_by_six_times_its_rate():
    layer, rate = FrontScale(), 0.01
    layer.build(X.shape)
    optimizer = Adam(rate)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(X))
    gradient = tape.gradient(loss, layer.offset.value)
    optimizer.apply([gradient], [layer.offset])
    expected = 1 - 6 * rate * np.sign(X.sum(axis=0))
    np.testing.assert_allclose(layer.plain_scale(), expected, rtol=1e-5)


def test_members_equal_separate_layers():
    both, rng = FrontScale(members=2), np.random.default_rng(1)
    both.build(X.shape)
    both.offset.assign(rng.normal(size=(2, 4)))
    x = np.stack([X, -2 * X])
    for i, member in enumerate(both(x)):
        one = FrontScale()
        one.build(X.shape)
        one.offset.assign(both.offset[i])
        np.testing.assert_allclose(one(x[i]), member, rtol=1e-6)


@pytest.mark.parametrize("factor", [0, -1.0, float("inf"), float("nan")])
def test_bad_factor(factor):
    with pytest.raises(ValueError, match=r"learning_rate_factor must be in \(0, inf\)"):
        FrontScale(learning_rate_factor=factor)
