import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.eager import context

from mlpkit.components.optimizers import Adam
from mlpkit.training import fit
from mlpkit.training.engine.executor import Executor
from mlpkit.training.engine.plan import Plan

SMALL = Plan(32, 0)


def network(units=8, layer=None, optimizer="sgd"):
    more = [] if layer is None else [layer]
    dense = [keras.layers.Dense(units, activation="relu"), *more, keras.layers.Dense(1)]
    net = keras.Sequential([keras.Input((4,)), *dense])
    net.compile(optimizer, "mse")
    return net


class Stranger(keras.layers.Layer):
    def call(self, x):
        return x


@pytest.mark.parametrize(
    ("net", "plan", "expected"),
    [
        (network(), SMALL, Executor(one_thread=True, rewrite=False)),
        (network(optimizer=Adam()), SMALL, Executor(one_thread=True, rewrite=False)),
        # 32 · 4 · 16384 = 2²¹ multiplications
        (network(16384), SMALL, Executor(one_thread=False, rewrite=False)),
        (network(), Plan(2**18, 0), Executor(one_thread=False, rewrite=False)),
        (network(), Plan(32, 64), Executor()),
        (network(layer=Stranger()), SMALL, Executor()),
    ],
)
def test_chosen_by_the_job(net, plan, expected):
    assert Executor.of(net, plan) == expected


def test_several_replicas_keep_tensorflows_own():
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    with strategy.scope():
        net = network()
    assert Executor.of(net, SMALL) == Executor()


def test_settings_are_those_of_the_context_and_no_longer():
    before = context.context().function_call_options
    with Executor(one_thread=True, rewrite=False)():
        inside = context.context().function_call_options
        assert inside.executor_type == "SINGLE_THREADED_EXECUTOR"
        assert inside.config_proto_serialized != before.config_proto_serialized
    with Executor()():
        inside = context.context().function_call_options
        assert inside.executor_type == before.executor_type
        assert inside.config_proto_serialized == before.config_proto_serialized
    assert context.context().function_call_options is before


@pytest.mark.parametrize(
    "layer",
    [
        None,
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.5, seed=1),
        keras.layers.GaussianNoise(0.1, seed=1),
        keras.layers.UnitNormalization(),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_one_thread_computes_what_several_do(layer, monkeypatch):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(50, 4)).astype("float32")
    y = x[:, :1] * x[:, 1:2]
    losses = {}
    for name in ("one", "several"):
        keras.utils.set_random_seed(3)
        kind = None if layer is None else type(layer).from_config(layer.get_config())
        net = network(layer=kind, optimizer="adam")
        if name == "several":
            monkeypatch.setattr(Executor, "of", lambda *_: Executor())
        history = fit(net, x, y, epochs=3, batch_size=8, verbose=0, jit_compile=False)
        losses[name] = history.history["loss"]
    np.testing.assert_allclose(losses["one"], losses["several"], rtol=1e-5)
