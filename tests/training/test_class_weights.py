import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit import losses
from mlpkit.errors import DataError, UsageError
from mlpkit.training.class_weights import (
    check_classes,
    named_weights,
    row_weights,
    weighted,
)

WEIGHTS = {0: 2.0, 2: 0.5}
LABELS = [0, 1, 2, 5]


@pytest.mark.parametrize(
    "y",
    [
        LABELS,
        [[0], [1], [2], [5]],
        np.eye(6, dtype="float32")[LABELS],
        np.eye(6, dtype=bool)[LABELS],
        [0.0, 1, 2, 5],
        [0.4, 0.6, 1.9, 5.1],  # rounded, as by Keras
    ],
)
def test_rows_of_arrays_and_of_batches_weigh_the_same(y):
    expected = [2.0, 1.0, 0.5, 1.0]  # what is not named weighs 1
    assert row_weights(tf.constant(y), WEIGHTS).numpy().tolist() == expected
    batches = tf.data.Dataset.from_tensors((np.ones(4), tf.constant(y)))
    ((x, same, weight),) = weighted(batches, WEIGHTS).as_numpy_iterator()
    assert weight.tolist() == expected
    assert x.tolist() == [1] * 4
    np.testing.assert_array_equal(same, tf.constant(y))


@pytest.mark.parametrize("weights", [{}, {0: 1.0}])
def test_nothing_named_weighs_1(weights):
    assert row_weights(tf.constant(LABELS), weights).numpy().tolist() == [1] * 4


@pytest.mark.parametrize("weights", [None, [1.0], {"0": 1.0}, {1.5: 1.0}, {-1: 1.0}])
def test_names_are_class_indices(weights):
    with pytest.raises(UsageError, match="must be 'balanced' or a mapping of class"):
        named_weights(weights)
    assert named_weights({np.int64(1): 2.0}) == {1: 2.0}


@pytest.mark.parametrize("y", [[False, True], [[False], [True]]])
def test_booleans_are_classes_0_and_1(y):
    assert row_weights(tf.constant(y), {False: 3.0, 1: 2.0}).numpy().tolist() == [3, 2]
    batches = tf.data.Dataset.from_tensors((np.ones(2), tf.constant(y)))
    ((_, _, weight),) = weighted(batches, {0: 3.0, 1: 2.0}).as_numpy_iterator()
    assert weight.tolist() == [3, 2]


@pytest.mark.parametrize(
    "weights",
    [
        {False: 1.0, True: 2.0},
        {0.0: 1.0, 1.0: 2.0},
        {np.False_: 1, np.float32(1): np.float32(2)},
        {np.uint8(0): np.int64(1), 1: tf.constant(2.0)},
    ],
)
def test_names_are_whole_numbers_of_any_type(weights):
    named = named_weights(weights)
    assert named == {0: 1.0, 1: 2.0}
    assert all(type(k) is int and type(v) is float for k, v in named.items())


@pytest.mark.parametrize(
    "wrong", [-1.0, np.nan, np.inf, 1e300, "a", None, [1.0], 1j, np.float32("nan")]
)
def test_weights_are_finite_numbers(wrong):
    said = "class_weight of 1 must be a finite number >= 0, got"
    with pytest.raises(UsageError, match=said):
        named_weights({0: 1.0, 1: wrong})


@pytest.mark.parametrize("key", [np.nan, np.inf, None, "a", (1,), 0.5, np.int8(-1), 1j])
def test_other_names_are_told(key):
    with pytest.raises(UsageError, match="a mapping of class indices, got {"):
        named_weights({key: 1.0})


@pytest.mark.parametrize("y", [None, {"a": LABELS}, (tf.constant(LABELS),)])
def test_the_target_is_one_array(y):
    with pytest.raises(DataError, match="class_weight needs one target of class ind"):
        row_weights(y, WEIGHTS)


def test_each_row_has_one_class():
    with pytest.raises(DataError, match=r"one class of each row .* \(2, 5, 3\)"):
        row_weights(tf.zeros((2, 5, 3)), WEIGHTS)


def compiled(outputs, loss):
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(outputs)])
    net.compile("sgd", loss)
    return net


@pytest.mark.parametrize(
    ("outputs", "loss", "classes"),
    [
        (3, "sparse_categorical_crossentropy", 3),
        (3, losses.SparseCategoricalCrossentropy(from_logits=True), 3),
        (3, keras.losses.CategoricalCrossentropy(), 3),
        (1, "binary_crossentropy", 2),
        (4, losses.BinaryCrossentropy(from_logits=True), 4),
    ],
)
def test_a_class_that_the_model_lacks_is_told(outputs, loss, classes):
    net = compiled(outputs, loss)
    check_classes(net, {0: 1.0, classes - 1: 2.0})
    with pytest.raises(UsageError, match=f"no class {classes}; .* 0 to {classes - 1}"):
        check_classes(net, {0: 1.0, float(classes): 2.0})


def test_classes_are_not_told_where_the_model_does_not_say():
    check_classes(compiled(1, "mse"), {7: 2.0})
    check_classes(compiled(3, "sparse_categorical_crossentropy"), "balanced")
    ignoring = keras.losses.SparseCategoricalCrossentropy(ignore_class=255)
    check_classes(compiled(3, ignoring), {255: 0.0})
    unbuilt = keras.Sequential([keras.layers.Dense(3)])
    unbuilt.compile("sgd", "sparse_categorical_crossentropy")
    check_classes(unbuilt, {7: 2.0})
