import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.optimizers.replicas import dense_and_wide, update_everywhere


def test_sparse_rows_are_summed_and_widened():
    values = tf.constant([[1.0], [2.0], [4.0]], tf.bfloat16)
    sparse = tf.IndexedSlices(values, tf.constant([2, 0, 2]), tf.constant([3, 1]))
    dense = dense_and_wide(sparse, keras.Variable(np.zeros((3, 1))))
    assert dense.dtype == tf.float32
    np.testing.assert_array_equal(dense, [[2.0], [0.0], [5.0]])


@pytest.mark.parametrize(
    ("dtype", "wide"),
    [("float16", "float32"), ("float32", "float32"), ("float64", "float64")],
)
def test_dense_gradients_are_widened_where_they_are_narrow(dtype, wide):
    gradient = tf.ones((2,), dtype)
    assert dense_and_wide(gradient, keras.Variable([0.0, 0.0])).dtype == wide


def test_no_gradient_stays_none():
    assert dense_and_wide(None, keras.Variable(0.0)) is None


def test_without_a_strategy_the_update_is_called_at_once():
    seen = []
    update_everywhere(seen.append, [1, 2], keras.Variable(0).value)
    assert seen == [[1, 2]]
