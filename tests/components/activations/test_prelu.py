import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.components.activations import PReLU


def test_formula_derivative_and_torch(check_curve):
    layer = PReLU(shared=True, dtype="float64")
    check_curve(layer, lambda x: np.where(x > 0, x, 0.25 * x), "prelu")


@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=3, max_size=3))
def test_slope_0_is_relu_and_slope_1_the_identity(x):
    x = np.array([x])
    for slope, expected in ((0.0, np.maximum(x, 0)), (1.0, x)):
        layer = PReLU(initial_slope=slope, dtype="float64")
        np.testing.assert_array_equal(layer(x), expected)


def test_gradient_of_the_slope(torch_reference):
    layer = PReLU(shared=True, dtype="float64")
    x = tf.constant(torch_reference["x"], "float64")
    with tf.GradientTape() as tape:
        y = layer(x)
    (gradient,) = tape.gradient(y, layer.trainable_variables)
    np.testing.assert_allclose(
        gradient, [torch_reference["prelu"]["dalpha"]], rtol=1e-14
    )


def test_one_slope_per_unit_of_the_last_axis_or_one():
    x = np.array([[[-1.0, -1.0], [-1.0, -1.0]]], "float32")
    layer = PReLU()
    layer.build(x.shape)
    layer.alpha.assign([0.5, 2.0])
    np.testing.assert_array_equal(layer(x), [[[-0.5, -2.0], [-0.5, -2.0]]])
    shared = PReLU(shared=True)
    shared.build(x.shape)
    assert shared.alpha.shape == (1,)


def test_weight_is_named_for_the_exclusion_from_weight_decay():
    layer = PReLU()
    layer.build((None, 4))
    assert [w.name for w in layer.trainable_weights] == ["alpha"]
    optimizer = keras.optimizers.SGD(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["alpha"])
    optimizer.build(layer.trainable_weights)
    optimizer.apply([np.zeros(4, "float32")])
    np.testing.assert_array_equal(layer.alpha, [0.25] * 4)


def test_gradient_of_the_slope_is_summed_in_float32():
    # 4096 rows of -32 give -131072, beyond float16
    layer = PReLU(dtype="mixed_float16")
    with tf.GradientTape() as tape:
        y = layer(tf.fill((4096, 1), tf.constant(-32.0, "float16")))
    (gradient,) = tape.gradient(y, layer.trainable_variables)
    np.testing.assert_array_equal(gradient, [-131072.0])


def test_members_have_their_own_slopes():
    layer = PReLU(members=2)
    x = np.array([[-1.0, -1.0], [3.0, -2.0]], "float32")
    layer.build(x.shape)
    layer.alpha.assign([[0.5, 2.0], [0.0, 1.0]])
    expected = [[[-0.5, -2.0], [3.0, -4.0]], [[0.0, -1.0], [3.0, -2.0]]]
    np.testing.assert_array_equal(layer(x), expected)
    np.testing.assert_array_equal(layer(np.stack([x, x])), expected)
    shared = PReLU(members=2, shared=True)
    assert shared(x).shape == (2, 2, 2)
    assert shared.alpha.shape == (2, 1)
    with pytest.raises(ValueError, match=r"\(2, rows, features\) with members=2"):
        PReLU(members=2).build((3, None, 4))


def test_slope_not_finite():
    with pytest.raises(
        ValueError, match="PReLU: initial_slope must be finite, got inf"
    ):
        PReLU(initial_slope=float("inf"))
