"""What is refused on several replicas, as far as one device can tell.

The rest is tested with replicas, in test_replicas.py.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from mlpkit.errors import UsageError
from mlpkit.training.engine import check_scope, replica_checks
from mlpkit.training.inputs import build
from mlpkit.training.rows import Rows


def test_on_a_tpu_metrics_are_weighted(monkeypatch):
    monkeypatch.setattr(replica_checks, "needs_static_shapes", lambda _: True)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    rows = Rows.of(np.ones((4, 3)), np.ones((4, 1)))
    build(model, rows.batch([0, 1]))
    with pytest.raises(UsageError, match="weighted_metrics="):
        replica_checks.check_replicas(model)
    model.compile("sgd", "mse", weighted_metrics=["mae"])
    build(model, rows.batch([0, 1]))
    replica_checks.check_replicas(model)


def test_a_model_is_trained_where_it_was_made():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    check_scope(model)
    strategy = tf.distribute.OneDeviceStrategy("CPU:0")
    with strategy.scope(), pytest.raises(UsageError, match="OneDeviceStrategy.scope"):
        check_scope(model)


def test_weights_for_a_loss_of_one_number():
    loss = keras.losses.MeanSquaredError()
    replica_checks.check_weighted(loss, None)
    with pytest.raises(UsageError, match="mean_squared_error gives one number"):
        replica_checks.check_weighted(loss, tf.ones(3))
