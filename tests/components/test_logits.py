import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from mlpkit.components.logits import cast_outputs, logits_of

Z = np.array([[-90.0, 0.0, 90.0]], "float32")


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
@pytest.mark.parametrize("jit", [False, True])
def test_finds_what_keras_keeps(activation, jit):
    def found(z):
        p = keras.layers.Activation(activation)(z)
        return logits_of(p, "Loss", binary=True, from_logits=False)

    np.testing.assert_array_equal(tf.function(found, jit_compile=jit)(Z), Z)


def test_half_precision_keeps_logits_and_mask():
    p = keras.layers.Activation("sigmoid", dtype="float16")(Z)
    p._keras_mask = mask = ops.ones((1,), "bool")
    wide = cast_outputs(p, "float32")
    assert wide.dtype == "float32"
    assert wide._keras_mask is mask
    z = logits_of(wide, "Loss", binary=True, from_logits=False)
    assert z.dtype == "float32"
    np.testing.assert_array_equal(z, Z)
    assert cast_outputs(p, "float16") is p


def test_logarithms_where_nothing_is_kept():
    z = np.array([[-3.0, 0.0, 2.0]], "float32")
    p = 1 / (1 + np.exp(-z))
    found = logits_of(tf.constant(p), "Loss", binary=True, from_logits=False)
    np.testing.assert_allclose(found, z, rtol=1e-5, atol=1e-6)
    found = logits_of(tf.constant(p), "Loss", binary=False, from_logits=False)
    np.testing.assert_allclose(found, np.log(p), rtol=1e-5)
    for binary in (True, False):
        ends = logits_of(
            tf.constant([0.0, 1.0]), "Loss", binary=binary, from_logits=False
        )
        assert np.isfinite(ends).all()


def test_from_logits():
    z = tf.constant(Z)
    assert logits_of(z, "Loss", binary=True, from_logits=True) is z
    p = keras.activations.softmax(z)
    with pytest.raises(ValueError, match="Loss: from_logits=True needs outputs with"):
        logits_of(p, "Loss", binary=False, from_logits=True)
