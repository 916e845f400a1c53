"""What a step reports."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.training.engine.logs import (
    EpochLogs,
    metric_logs,
    own_logs,
    picked,
    zeros,
)
from mlpkit.training.inputs import build

SPECS = tuple(tf.TensorSpec([None, n], tf.float32) for n in (2, 1))


class Twice(keras.Model):
    def train_step(self, data):
        return {**super().train_step(data), "pair": tf.ones((2,))}


class Renamed(keras.Model):
    def train_step(self, data):
        return super().train_step(data)


def made(kind):
    inputs = keras.Input((2,))
    model = kind(inputs, keras.layers.Dense(1)(inputs))
    model.compile("sgd", "mse", metrics=["mae"])
    build(model, (np.ones((2, 2)), np.ones((2, 1))))
    return model


def test_a_step_of_its_own_is_asked_what_it_returns():
    shapes = {}
    for kind in (keras.Model, Renamed, Twice):
        model = made(kind)
        shapes[kind] = own_logs(model, model.train_step, SPECS)
    assert shapes[keras.Model] == shapes[Renamed] == {}  # all metrics, as Keras' own
    names = {n: s.as_list() for n, s in shapes[Twice].items()}
    assert names == {"loss": [], "mae": [], "pair": [2]}


def test_metrics_are_float32():
    model = made(keras.Model)
    model.train_on_batch(np.ones((2, 2)), np.zeros((2, 1)))
    logs = metric_logs(model)
    assert set(logs) == {"loss", "mae"}
    assert {v.dtype for v in logs.values()} == {tf.float32}


def test_logs_start_as_zeros_and_take_what_was_there_at_first():
    shapes = {"loss": tf.TensorShape([]), "pair": tf.TensorShape([2])}
    start = zeros(shapes)
    assert start["pair"].numpy().tolist() == [0, 0]
    found = {"loss": np.float64(3), "pair": [1, 2], "other": 9}
    assert {n: v.numpy().tolist() for n, v in picked(found, shapes).items()} == {
        "loss": 3.0,
        "pair": [1.0, 2.0],
    }


@pytest.mark.parametrize(
    "logs",
    [
        {"loss": [1.0, 2.0], "pair": [[1.0, 2.0], [3.0, 4.0]], "mae": [5.0, 6.0]},
        {"pair": [[1.0, 2.0], [3.0, 4.0]]},
        {"loss": [1.0, 2.0], "mae": [5.0, 6.0]},
        {},
    ],
    ids=["mixed", "no numbers", "numbers", "none"],
)
def test_logs_of_all_epochs_come_back_by_name(logs):
    shapes = {n: tf.TensorShape(np.shape(v)[1:]) for n, v in logs.items()}
    kept = EpochLogs(shapes)
    arrays = kept.start(tf.constant(2))
    for epoch in range(2):
        now = {n: tf.constant(v[epoch]) for n, v in logs.items()}
        arrays = kept.write(arrays, tf.constant(epoch), now)
    found = kept.by_name({n: a.stack().numpy() for n, a in arrays.items()})
    assert list(found) == list(logs)
    assert {n: v.tolist() for n, v in found.items()} == logs
