import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import config as framework_config

from mlpkit import fit
from mlpkit.training.engine import executor, loop_for
from mlpkit.training.engine.determinism import deterministic_operations, on_gpu
from mlpkit.training.engine.executor import Executor
from mlpkit.training.engine.plan import Plan


class Stranger(keras.layers.Layer):
    def call(self, x):
        return x


def network(*layers):
    net = keras.Sequential([keras.Input((4,)), *layers, keras.layers.Dense(1)])
    net.compile("sgd", "mse")
    return net


def enabled():
    return framework_config.is_op_determinism_enabled()


def test_holds_as_long_as_anyone_is_within():
    assert not enabled()
    with deterministic_operations():
        with deterministic_operations():
            assert enabled()
        assert enabled()
    assert not enabled()
    with pytest.raises(KeyError), deterministic_operations():
        raise KeyError
    assert not enabled()


def test_what_the_user_has_set_stays():
    tf.config.experimental.enable_op_determinism()
    try:
        with deterministic_operations():
            assert enabled()
        assert enabled()
    finally:
        framework_config.disable_op_determinism()


@pytest.mark.parametrize(
    ("gpu", "asked", "layers", "expected"),
    [
        (True, True, (), True),
        (True, False, (), False),
        (False, True, (), False),
        (True, True, (Stranger(),), False),  # whose operations nobody knows
    ],
)
def test_chosen_where_there_is_a_gpu(monkeypatch, gpu, asked, layers, expected):
    monkeypatch.setattr(executor, "has_gpu", lambda: gpu)
    plan = Plan(32, 64, deterministic=asked)
    way = Executor.of(network(*layers), plan, 2)
    assert way.deterministic is expected
    with way():
        assert enabled() is expected
    assert not enabled()


def test_both_ways_have_graphs_of_their_own(monkeypatch):
    # XLA decides it when it compiles
    spec = (tf.TensorSpec([None, 4]), tf.TensorSpec([None, 1]))
    net = network()
    exact, free = (
        loop_for(net, spec, None, Plan(32, 0, deterministic=d)) for d in (True, False)
    )
    assert exact is not free
    assert loop_for(net, spec, None, Plan(32, 0)) is exact


def test_fit_takes_it_on(monkeypatch):
    seen = []
    of = Executor.of

    def spied(model, plan, deep):
        seen.append(plan.deterministic)
        return of(model, plan, deep)

    monkeypatch.setattr(Executor, "of", spied)
    x = np.ones((8, 4), "float32")
    for given in ({}, {"deterministic": False}):
        fit(network(), x, x[:, :1], **given, verbose=0)
    assert seen == [True, False]


def test_this_machines_weights_lie_on_the_cpu():
    assert on_gpu(network()) is bool(tf.config.list_logical_devices("GPU"))
