import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit import losses
from mlpkit.errors import DataError
from mlpkit.training.labels import check_labels, labels_told


def model(loss, outputs=None):
    inputs = keras.Input((2,))
    heads = outputs or keras.layers.Dense(3)(inputs)
    network = keras.Model(inputs, heads)
    network.compile("sgd", loss)
    return network


def two_heads():
    inputs = keras.Input((2,))
    heads = {
        "kind": keras.layers.Dense(3)(inputs),
        "yes": keras.layers.Dense(1)(inputs),
    }
    network = keras.Model(inputs, heads)
    network.compile(
        "sgd", {"kind": "sparse_categorical_crossentropy", "yes": "binary_crossentropy"}
    )
    return network


@pytest.mark.parametrize(
    "loss",
    [
        "sparse_categorical_crossentropy",
        keras.losses.sparse_categorical_crossentropy,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        losses.SparseCategoricalCrossentropy(from_logits=True),
    ],
)
def test_class_indices(loss):
    check_labels(model(loss), tf.constant([0, 2]), "y")
    check_labels(model(loss), tf.constant([[0.0], [1.0]]), "y")
    with pytest.raises(DataError, match=r"y must be class indices in .0, 2., .* to 3"):
        check_labels(model(loss), tf.constant([0, 3]), "y")
    with pytest.raises(DataError, match="from -1 to 2"):
        check_labels(model(loss), tf.constant([-1, 2]), "y")


@pytest.mark.parametrize(
    "loss", ["binary_crossentropy", losses.BinaryCrossentropy(from_logits=True)]
)
def test_yes_and_no(loss):
    check_labels(model(loss), tf.constant([[0.0, 0.3, 1.0]]), "y")
    with pytest.raises(DataError, match=r"y must be in \[0, 1\] for a binary .* to 3"):
        check_labels(model(loss), tf.constant([[0.0, 3.0, 1.0]]), "y")


def test_yes_and_no_as_booleans():
    said_yes = np.array([[True], [False]])
    check_labels(model("binary_crossentropy"), tf.constant(said_yes), "y")
    check_labels(model("binary_crossentropy"), said_yes, "y")


def test_each_of_several_outputs():
    good = {"kind": tf.constant([0, 2]), "yes": tf.constant([[0.0], [1.0]])}
    check_labels(two_heads(), good, "y")
    with pytest.raises(DataError, match=r"y\['kind'\] must be class indices in"):
        check_labels(two_heads(), {**good, "kind": tf.constant([0, 5])}, "y")
    with pytest.raises(DataError, match=r"y\['yes'\] must be in \[0, 1\]"):
        check_labels(two_heads(), {**good, "yes": tf.constant([[0.0], [2.0]])}, "y")


def test_other_losses_take_any_number():
    check_labels(model("mse"), tf.constant(np.full((2, 3), -9.0)), "y")


def test_other_errors_of_tensorflow_stay_as_they_are():
    with pytest.raises(tf.errors.InvalidArgumentError, match="else"), labels_told():
        raise tf.errors.InvalidArgumentError(None, None, "something else")
