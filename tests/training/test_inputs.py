"""What `fit` is given is taken or refused by message."""

import keras
import numpy as np
import pytest

from mlpkit.errors import DataError, UsageError
from mlpkit.training.inputs import (
    build,
    check_compiled,
    in_memory,
    listed,
    validation_of,
)
from mlpkit.training.rows import Rows

X = np.ones((10, 3), np.float32)


def model():
    network = keras.Sequential([keras.layers.Dense(1)])
    network.compile("adam", "mse", metrics=["mae"])
    return network


def test_no_batch_is_larger_than_the_rows():
    source = in_memory(model(), Rows.of(X, X), None, members=None)
    assert source.batch_size == 10
    source = in_memory(model(), Rows.of(X, X), 11, members=None)
    assert source.batch_size == 10


def test_building_makes_all_variables():
    network = model()
    build(network, (X[:2], X[:2, :1]))
    assert [tuple(v.shape) for v in network.weights] == [(3, 1), (1,)]
    assert network.optimizer.built
    assert network.metrics_variables
    narrow = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    narrow.compile("adam", "mse")
    with pytest.raises(DataError, match="as they come, batches .* it says: Exc"):
        build(narrow, (X[:2], X[:2, :1]))


def test_callbacks_come_as_one_or_many_or_none():
    one = keras.callbacks.Callback()
    assert listed(None) == []
    assert listed(one) == [one]
    assert listed([one, [one]]) == [one, one]
    with pytest.raises(UsageError, match="must be Keras callbacks, got <class .* call"):
        listed([keras.callbacks.Callback])


def test_a_model_is_compiled_with_an_optimizer():
    with pytest.raises(UsageError, match="must be compiled; call model.compile"):
        check_compiled(keras.Sequential())


def test_validation_rows_are_a_tuple():
    source = in_memory(model(), Rows.of(X, X[:, :1]), None, members=None)
    assert validation_of(model(), source, None, None) is None
    found = validation_of(model(), source, (X, X[:, :1], np.ones(10)), None)
    assert found.count == 10
    for wrong in (X, (X,), "xy"):
        with pytest.raises(UsageError, match=r"must be \(x, y\) or \(x, y, sample"):
            validation_of(model(), source, wrong, None)
