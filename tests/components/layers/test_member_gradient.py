import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.layers import MemberGradient


@pytest.mark.parametrize("jit_compile", [False, True])
def test_inputs_pass_and_gradients_grow(jit_compile):
    layer = MemberGradient(3)
    x = tf.constant(np.random.default_rng(0).normal(size=(3, 5)), "float32")

    @tf.function(jit_compile=jit_compile)
    def both(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
            loss = tf.reduce_mean(y**2)
        return y, tape.gradient(loss, x)

    y, gradient = both(x)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_allclose(gradient, 3 * 2 * x / 15, rtol=1e-6)


@pytest.mark.parametrize("members", [0, None, 2.0])
def test_bad_members(members):
    with pytest.raises(ValueError, match=r"members must be .*a whole number >= 1"):
        MemberGradient(members)
