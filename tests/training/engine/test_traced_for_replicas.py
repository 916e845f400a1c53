"""A model is as it was when the tracing is over."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit import layers, optimizers
from mlpkit.components.replica_seed import ReplicaSeedGenerator
from mlpkit.training.engine.share import slice_of
from mlpkit.training.engine.traced_for_replicas import (
    seed_generators,
    summed,
    traced_for_replicas,
)
from mlpkit.training.inputs import build

BATCH = (np.ones((4, 2), np.float32), np.zeros((4, 1), np.float32))


def made(optimizer):
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.5, seed=1)])
    net.add(keras.layers.Dense(1))
    net.compile(optimizer, "mse")
    build(net, BATCH)
    return net


def test_losses_are_scaled_within_and_all_is_undone():
    scaling = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1))
    net = made(scaling)
    things = (net._compile_loss, net.layers[0].seed_generator, scaling)
    before = [dict(vars(t)) for t in (*things, scaling.inner_optimizer)]
    y, z = tf.zeros((4, 1)), tf.constant([[1.0], [2.0], [3.0], [4.0]])
    whole = float(net._compile_loss(y, z))

    def trace():
        with traced_for_replicas(net) as tracing:
            tracing.share = slice_of((y, z), 0, 3)  # a row of four
            own = float(net._compile_loss(y[:1], z[:1]))
            assert own == pytest.approx(3 * 1 / 4 * 1.0)  # R · own/all · 1²
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        trace()
    assert float(net._compile_loss(y, z)) == whole
    for thing, then in zip((*things, scaling.inner_optimizer), before, strict=True):
        assert vars(thing).keys() == then.keys()
        assert all(vars(thing)[k] is v for k, v in then.items() if callable(v))


def test_generators_that_differ_by_themselves_are_left_alone():
    alike = keras.layers.Dropout(0.5)
    net = keras.Sequential([keras.Input((2,)), layers.Dropout(0.5), alike])
    kinds = [type(la.seed_generator) for la in net.layers]
    assert kinds == [ReplicaSeedGenerator, keras.random.SeedGenerator]
    assert seed_generators(net) == [alike.seed_generator]


def test_an_own_optimizer_adds_up_by_itself():
    gradients = [tf.ones(2), None]
    assert summed(optimizers.SGD(0.1), gradients, [None, None]) is gradients
