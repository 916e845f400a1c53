"""What a step reports."""

import keras
import numpy as np
import tensorflow as tf

from mlpkit.training.engine.logs import metric_logs, own_logs, picked, zeros
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
