import numpy as np
import pytest
import tensorflow as tf

from mlpkit.errors import UsageError
from mlpkit.training.class_weights import named_weights, row_weights, weighted

WEIGHTS = {0: 2.0, 2: 0.5}
LABELS = [0, 1, 2, 5]


@pytest.mark.parametrize(
    "y",
    [LABELS, [[0], [1], [2], [5]], np.eye(6, dtype="float32")[LABELS], [0.0, 1, 2, 5]],
)
def test_rows_of_arrays_and_of_batches_weigh_the_same(y):
    expected = [2.0, 1.0, 0.5, 1.0]  # what is not named weighs 1
    assert row_weights(tf.constant(y), WEIGHTS).numpy().tolist() == expected
    batches = tf.data.Dataset.from_tensors((np.ones(4), tf.constant(y)))
    ((x, same, weight),) = weighted(batches, WEIGHTS).as_numpy_iterator()
    assert weight.tolist() == expected
    assert x.tolist() == [1] * 4
    np.testing.assert_array_equal(same, y)


@pytest.mark.parametrize("weights", [{}, {0: 1.0}])
def test_nothing_named_weighs_1(weights):
    assert row_weights(tf.constant(LABELS), weights).numpy().tolist() == [1] * 4


@pytest.mark.parametrize("weights", [None, [1.0], {"0": 1.0}, {1.5: 1.0}, {-1: 1.0}])
def test_names_are_class_indices(weights):
    with pytest.raises(UsageError, match="must be 'balanced' or a mapping of class"):
        named_weights(weights)
    assert named_weights({np.int64(1): 2.0}) == {1: 2.0}
