import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.eager import context

from mlpkit.components.optimizers import Adam
from mlpkit.training import fit
from mlpkit.training.engine import executor
from mlpkit.training.engine.executor import Executor, depth
from mlpkit.training.engine.loop import Loop
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


def loop_of(net, plan=SMALL):
    spec = (tf.TensorSpec([None, 4]), tf.TensorSpec([None, 1]))
    return Loop(net, spec, None, plan)


def chosen(net, plan=SMALL):
    return Executor.of(net, plan, loop_of(net).graph).one_thread


@pytest.fixture(autouse=True)
def eight_threads(monkeypatch):
    monkeypatch.setattr(executor, "pool_threads", lambda: 8)


@pytest.mark.parametrize(
    ("net", "plan", "expected"),
    [
        (network(), SMALL, True),
        (network(optimizer=Adam()), SMALL, True),
        (network(16384), SMALL, False),  # 32 · 4 · 16384 = 2²¹ multiplications
        (network(), Plan(2**18, 0), False),
        (network(), Plan(32, 64), False),
        (network(layer=Stranger()), SMALL, False),
    ],
)
def test_chosen_by_the_job(net, plan, expected):
    assert chosen(net, plan) == expected


def test_several_replicas_keep_tensorflows_own():
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    with strategy.scope():
        net = network()
    assert not chosen(net)


def test_not_where_the_pool_is_too_small_for_what_waits(monkeypatch):
    net = network()
    assert depth(loop_of(net).graph) == 2  # epochs, and in them steps
    monkeypatch.setattr(executor, "pool_threads", lambda: 1)
    assert not chosen(net)
    monkeypatch.setattr(executor, "pool_threads", lambda: 2)
    assert chosen(net)
    scaled = network(
        optimizer=keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    )
    assert not chosen(scaled)  # it has branches in its steps


def test_depth_of_loops_and_branches():
    @tf.function
    def flat(x):
        return x + 1

    @tf.function(autograph=False)
    def nested(x):
        def body(i):
            return tf.cond(i > 2, lambda: i + 1, lambda: i + 2)

        return tf.while_loop(lambda i: i < x, body, (tf.constant(0),))

    @tf.function(autograph=False)
    def calls(x):
        return nested(x)

    given = tf.TensorSpec([], tf.int32)
    found = [depth(f.get_concrete_function(given).graph) for f in (flat, nested, calls)]
    assert found == [0, 2, np.inf]


def test_threads_as_tensorflow_counts_them(monkeypatch):
    monkeypatch.undo()
    monkeypatch.delenv("TF_NUM_INTEROP_THREADS", raising=False)
    assert executor.pool_threads() == len(os.sched_getaffinity(0))
    monkeypatch.setenv("TF_NUM_INTEROP_THREADS", "3")
    assert executor.pool_threads() == 3


def test_settings_are_those_of_the_context_and_no_longer():
    before = context.context().function_call_options
    with Executor(one_thread=True)():
        inside = context.context().function_call_options
        assert inside.executor_type == "SINGLE_THREADED_EXECUTOR"
        assert inside.config_proto_serialized != before.config_proto_serialized
    with Executor()():
        assert context.context().function_call_options is before
    assert context.context().function_call_options is before


def test_does_not_wait_for_ever_beside_other_threads():
    found = subprocess.run(
        [sys.executable, "-c", BUSY],
        env={**os.environ, "TF_NUM_INTEROP_THREADS": "2"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert found.stdout.split() == ["trained"] * 4, found.stderr


BUSY = """
from concurrent.futures import ThreadPoolExecutor
import keras, numpy as np
from mlpkit.training import fit
x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
y = x[:, :1]

def work(number):
    net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4 + number),
                            keras.layers.Dropout(0.1), keras.layers.Dense(1)])
    net.compile("adam", "mse")
    for _ in range(3):
        fit(net, x, y, epochs=20, batch_size=8, validation_data=(x, y), verbose=0,
            jit_compile=False)
        net.predict(x, verbose=0)
    return "trained"

with ThreadPoolExecutor(4) as pool:
    print(*pool.map(work, range(4)))
"""


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
