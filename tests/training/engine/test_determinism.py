import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import config as framework_config

from mlpkit import fit
from mlpkit.errors import UsageError
from mlpkit.training import compiled_loop
from mlpkit.training.engine import loop_for
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


def own_loss(y, p):
    return keras.ops.square(y - p)


@pytest.mark.parametrize(
    ("asked", "layers", "loss", "expected"),
    [
        (True, (), "mse", True),
        (True, (), keras.losses.Huber(), True),
        (True, (), keras.losses.mean_squared_error, True),
        (False, (), "mse", False),
        # whose operations nobody knows
        (True, (Stranger(),), "mse", False),
        (True, (keras.layers.Lambda(lambda x: x),), "mse", False),
        (True, (), own_loss, False),
    ],
)
def test_chosen_where_the_plan_asks(asked, layers, loss, expected):
    net = network(*layers)
    net.compile("sgd", loss)
    way = Executor.of(net, Plan(32, 64, deterministic=asked), 2)
    assert way.deterministic is expected
    with way():
        assert enabled() is expected
    assert not enabled()


def test_both_ways_have_graphs_of_their_own():
    # TensorFlow's Python and XLA's compiler ask for it once
    spec = (tf.TensorSpec([None, 4]), tf.TensorSpec([None, 1]))
    net = network()
    exact, free = (
        loop_for(net, spec, None, Plan(32, 0, deterministic=d)) for d in (True, False)
    )
    assert exact is not free
    assert loop_for(net, spec, None, Plan(32, 0)) is free


def classifier():
    net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile("sgd", loss)
    return net


@pytest.mark.parametrize("exact", [True, False])
def test_traced_so_too(exact):
    # TensorFlow's own sparse cross-entropy is refused on a GPU that must be exact
    spec = (tf.TensorSpec([None, 4]), tf.TensorSpec([None], tf.int32))
    loop = Loop(classifier(), spec, None, Plan(8, 0, deterministic=exact))
    text = str(loop._run.graph.as_graph_def())
    assert ('op: "SparseSoftmaxCrossEntropyWithLogits"' in text) is not exact


def test_exact_or_not_the_numbers_are_the_same(monkeypatch):
    monkeypatch.setattr(compiled_loop, "has_gpu", lambda: True)
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
    monkeypatch.setattr(compiled_loop, "has_gpu", lambda: True)
    with pytest.raises(UsageError, match=r"give deterministic=False \(SparseTensor"):
        fit(network(), x, x[:, :1], verbose=0)


def test_fit_takes_it_on(monkeypatch):
    monkeypatch.setattr(compiled_loop, "has_gpu", lambda: True)
    seen = set()
    of = Executor.of

    def spied(model, plan, *others):
        seen.add(plan.deterministic)
        return of(model, plan, *others)

    monkeypatch.setattr(Executor, "of", spied)
    x = np.ones((8, 4), "float32")
    for given, expected in (({}, True), ({"deterministic": False}, False)):
        seen.clear()
        fit(network(), x, x[:, :1], **given, verbose=0)
        assert seen == {expected}


@pytest.mark.parametrize("jit", [True, False])
def test_what_xla_does_not_know_runs_as_a_graph_there_too(monkeypatch, jit):
    monkeypatch.setattr(compiled_loop, "has_gpu", lambda: True)
    call = Loop.__call__

    def refuse(self, *data, **control):
        if self.plan.block_steps:
            raise tf.errors.UnimplementedError(None, None, "no such HLO")
        return call(self, *data, **control)

    monkeypatch.setattr(Loop, "__call__", refuse)
    x = np.ones((8, 4), "float32")
    assert fit(network(), x, x[:, :1], jit_compile=jit, verbose=0).engine == "graph"


def test_code_that_nobody_knows_is_told(monkeypatch):
    monkeypatch.setattr(compiled_loop, "has_gpu", lambda: True)
    x = np.ones((8, 4), "float32")
    with pytest.warns(UserWarning, match="may differ in the last digits"):
        fit(network(Stranger()), x, x[:, :1], verbose=0)
    fit(network(Stranger()), x, x[:, :1], deterministic=False, verbose=0)


@pytest.mark.skipif(
    not tf.config.list_physical_devices("GPU"), reason="this machine has no GPU"
)
@pytest.mark.parametrize("jit", [True, False])
def test_a_gpu_gives_the_same_bits_again(jit):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(2000, 4)).astype("float32")
    weights = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        net = network(keras.layers.Dense(64, "relu"), keras.layers.Dropout(0.1))
        fit(net, x, x[:, :1], epochs=5, seed=3, jit_compile=jit, verbose=0)
        weights.append(net.get_weights())
    assert all(map(np.array_equal, *weights))


def test_this_machines_weights_lie_on_the_cpu():
    assert on_gpu(network()) is bool(tf.config.list_logical_devices("GPU"))
