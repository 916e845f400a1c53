import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import config as framework_config

from mlpkit import fit
from mlpkit.errors import UsageError
from mlpkit.training.engine import executor, loop_for
from mlpkit.training.engine.determinism import deterministic_operations, on_gpu
from mlpkit.training.engine.executor import Executor
from mlpkit.training.engine.loop import Loop
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


def classifier():
    net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile("sgd", loss)
    return net


@pytest.mark.parametrize("exact", [True, False])
def test_traced_so_too(monkeypatch, exact):
    # TensorFlow's own sparse cross-entropy is refused on a GPU that must be exact
    monkeypatch.setattr(executor, "has_gpu", lambda: True)
    spec = (tf.TensorSpec([None, 4]), tf.TensorSpec([None], tf.int32))
    loop = Loop(classifier(), spec, None, Plan(8, 0, deterministic=exact))
    text = str(loop._run.graph.as_graph_def())
    assert ('op: "SparseSoftmaxCrossEntropyWithLogits"' in text) is not exact


def test_exact_or_not_the_numbers_are_the_same(monkeypatch):
    monkeypatch.setattr(executor, "has_gpu", lambda: True)
    generator = np.random.default_rng(0)
    x = generator.normal(size=(50, 4)).astype("float32")
    losses = []
    for exact in (True, False):
        keras.utils.set_random_seed(0)
        net = classifier()
        found = fit(net, x, np.arange(50) % 3, epochs=3, deterministic=exact, verbose=0)
        losses.append(found.history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)


def test_an_operation_without_such_a_form_is_told(monkeypatch):
    def refuse(*_, **__):
        raise tf.errors.UnimplementedError(None, None, "SparseTensorDenseMatMulOp")

    monkeypatch.setattr(Loop, "__call__", refuse)
    x = np.ones((8, 4), "float32")
    with pytest.raises(tf.errors.UnimplementedError):
        fit(network(), x, x[:, :1], verbose=0)
    monkeypatch.setattr(executor, "has_gpu", lambda: True)
    with pytest.raises(UsageError, match=r"give deterministic=False \(SparseTensor"):
        fit(network(), x, x[:, :1], verbose=0)


def test_fit_takes_it_on(monkeypatch):
    seen = set()
    of = Executor.of

    def spied(model, plan, deep):
        seen.add(plan.deterministic)
        return of(model, plan, deep)

    monkeypatch.setattr(Executor, "of", spied)
    x = np.ones((8, 4), "float32")
    for given, expected in (({}, True), ({"deterministic": False}, False)):
        seen.clear()
        fit(network(), x, x[:, :1], **given, verbose=0)
        assert seen == {expected}


def test_this_machines_weights_lie_on_the_cpu():
    assert on_gpu(network()) is bool(tf.config.list_logical_devices("GPU"))
