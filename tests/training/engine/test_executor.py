import json
import math
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.eager import context

from mlpkit.components.optimizers import Adam
from mlpkit.training.engine import executor
from mlpkit.training.engine.executor import Executor, depth
from mlpkit.training.engine.loop import Loop
from mlpkit.training.engine.plan import Plan

pytestmark = pytest.mark.slow

SMALL = Plan(32, 0)


def network(units=8, layer=None, optimizer="sgd"):
    more = [] if layer is None else [layer]
    dense = [keras.layers.Dense(units, activation="relu"), *more, keras.layers.Dense(1)]
    net = keras.Sequential([keras.Input((4,)), *dense])
    net.compile(optimizer, "mse")
    return net


def depth_of(net, plan=SMALL):
    spec = (tf.TensorSpec([None, 4]), tf.TensorSpec([None, 1]))
    return Loop(net, spec, None, plan).depth


@pytest.fixture
def eight_threads(monkeypatch):
    monkeypatch.setattr(executor, "pool_threads", lambda: 8)


class Stranger(keras.layers.Layer):
    def call(self, x):
        return x


def image():
    net = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 3)])
    net.compile("sgd", "mse")
    return net


@pytest.mark.usefixtures("eight_threads")
@pytest.mark.parametrize(
    ("make", "plan", "expected"),
    [
        (network, SMALL, 2),
        (lambda: network(optimizer=Adam()), SMALL, 2),
        (lambda: network(16384), SMALL, 0),  # 32 · 4 · 16384 = 2²¹ multiplications
        (network, Plan(2**18, 0), 0),
        (network, Plan(32, 64), 0),
        (lambda: network(layer=Stranger()), SMALL, 0),
        (image, SMALL, 0),
    ],
)
def test_chosen_by_the_job(make, plan, expected):
    assert Executor.of(make(), plan, 2).waiting == expected


@pytest.mark.usefixtures("eight_threads")
def test_few_steps_of_a_larger_network_do_not_pay_for_another_graph():
    net = network(16384)  # its largest product has 2²¹ multiplications
    weights = sum(math.prod(v.shape) for v in net.weights)
    few = int(1.5e9 / (32 * weights))
    assert Executor.of(net, SMALL, 2, steps=few).waiting == 2
    assert not Executor.of(net, SMALL, 2, steps=few + 1).waiting
    between = network(16384, layer=keras.layers.ReLU())  # what else has to be rewritten
    assert Executor.of(between, SMALL, 2, steps=2 * few).waiting == 2
    assert not Executor.of(between, SMALL, 2, steps=2 * few + 2).waiting


def test_what_xla_compiles_for_few_steps_is_not_rewritten():
    assert Executor.of(network(), Plan(32, 64), 2, steps=2**13).as_traced
    assert not Executor.of(network(), Plan(32, 64), 2, steps=2**13 + 1).as_traced
    assert not Executor.of(network(layer=Stranger()), Plan(32, 64), 2, 1).as_traced


@pytest.mark.usefixtures("eight_threads")
def test_a_strategy_keeps_tensorflows_own():
    with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        net = network()
    assert not Executor.of(net, SMALL, 2).waiting


def test_not_where_the_pool_is_too_small_for_what_waits(monkeypatch):
    net = network()
    deep = depth_of(net)
    assert deep == 2  # epochs, and in them steps
    for threads, expected in ((0, 0), (1, 0), (2, 2)):
        monkeypatch.setattr(executor, "pool_threads", lambda count=threads: count)
        assert Executor.of(net, SMALL, deep).waiting == expected
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    assert depth_of(network(optimizer=scaled)) == 4  # branches in its steps


def test_depth_of_loops_and_branches():
    def nested(x):
        def body(i):
            return tf.cond(i > 2, lambda: i + 1, lambda: i + 2)

        return tf.while_loop(lambda i: i < x, body, (tf.constant(0),))

    def asks_python(x):
        return tf.py_function(lambda v: v + 1, [x], tf.int32)

    def chooses(x):
        return tf.switch_case(x, [lambda: x, lambda: x + 1])

    def calls(x):
        return tf.function(nested, autograph=False)(x)

    given = tf.TensorSpec([], tf.int32)
    found = [
        depth(tf.function(f, autograph=False).get_concrete_function(given).graph)
        for f in (lambda x: x + 1, nested, asks_python, chooses, calls)
    ]
    assert found == [0, 2, np.inf, np.inf, np.inf]


@pytest.mark.parametrize(
    ("told", "expected"), [("3", 3), ("0", len(os.sched_getaffinity(0))), (" x", 0)]
)
def test_threads_of_the_pool(told, expected, monkeypatch):
    monkeypatch.setattr(executor, "_AT_IMPORT", 1_000)
    monkeypatch.setenv("TF_NUM_INTEROP_THREADS", told)
    assert executor.pool_threads() == expected
    monkeypatch.setattr(executor, "_AT_IMPORT", 1)  # TensorFlow may have started then
    assert executor.pool_threads() == min(1, expected)


def test_a_pool_made_smaller_after_the_import():
    program = BUSY.replace(
        "import keras",
        "import mlpkit.training.engine, tensorflow as tf\n"
        "tf.config.threading.set_inter_op_parallelism_threads(1)\nimport keras",
        1,
    )
    found = started(program, "plain", 4)
    assert found.stdout.split() == ["otherwise"] * 3, found.stderr


def test_settings_are_those_of_the_context_and_no_longer():
    before = context.context().function_call_options
    with Executor(waiting=2)():
        inside = context.context().function_call_options
        assert inside.executor_type == "SINGLE_THREADED_EXECUTOR"
        assert inside.config_proto_serialized != before.config_proto_serialized
    with Executor(as_traced=True)():
        inside = context.context().function_call_options
        assert inside.executor_type == before.executor_type
        config = config_pb2.ConfigProto.FromString(inside.config_proto_serialized)
        assert config.graph_options.rewrite_options.disable_meta_optimizer
    with Executor()():
        assert context.context().function_call_options is before
    with pytest.raises(KeyError), Executor(waiting=2)():
        {}["x"]
    assert context.context().function_call_options is before
    assert executor._taken == 0


@pytest.fixture
def shown(forked, tmp_path):
    """Output and errors of a program in a process whose pool has so many threads."""

    def show(program, how, threads):
        path = tmp_path / "program.py"
        path.write_text(HAS_THREADS + program)
        process = forked(path, how, TF_NUM_INTEROP_THREADS=threads)
        return process.communicate(timeout=120)

    return show


def started(program, how, threads):
    return subprocess.run(
        [sys.executable, "-c", program, how],
        env={**os.environ, "TF_NUM_INTEROP_THREADS": str(threads)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(("kind", "threads"), [("plain", 2), ("scaled", 4)])
def test_does_not_wait_for_ever_beside_other_threads(kind, threads, shown):
    """On as few threads as can be, while others train other networks and predict."""
    found, errors = shown(BUSY, kind, threads)
    assert found.split() == ["in", "sequence"] * 3, errors


def test_in_sequence_the_same_is_computed(shown):
    found, errors = shown(IN_SEQUENCE, "", 4)
    assert found, errors
    one, several = np.array(json.loads(found))
    assert one.shape == (4, 3)
    np.testing.assert_allclose(one, several, rtol=1e-5)


# a forked process has imported the package before its variables were set
HAS_THREADS = """
import os
from mlpkit.training.engine import executor
executor._AT_IMPORT = int(os.environ["TF_NUM_INTEROP_THREADS"])
"""

BUSY = """
import sys
from concurrent.futures import ThreadPoolExecutor
import keras, numpy as np
from mlpkit.training import fit
from mlpkit.training.engine.executor import Executor
x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
y = x[:, :1]
chosen, of = set(), Executor.of
def spied(*given):
    found = of(*given)
    chosen.add(found.waiting)
    return found
Executor.of = spied

def work(number):
    deep = [keras.layers.Dense(4, activation="relu") for _ in range(number)]
    net = keras.Sequential([keras.Input((4,)), *deep, keras.layers.Dense(1)])
    adam = keras.optimizers.Adam()
    scales = keras.optimizers.LossScaleOptimizer
    net.compile(scales(adam) if sys.argv[1] == "scaled" else adam, "mse")
    for _ in range(3):
        fit(net, x, y, epochs=20, batch_size=8, validation_data=(x, y), verbose=0,
            jit_compile=False)
        net.predict(x, verbose=0)
    return "in sequence" if chosen and 0 not in chosen else "otherwise"

with ThreadPoolExecutor(3) as pool:
    print(*pool.map(work, range(3)))
"""

IN_SEQUENCE = """
import json
import keras, numpy as np
from mlpkit.training import engine, fit
from mlpkit.training.engine.executor import Executor
of = Executor.of
def in_sequence(*given):
    assert of(*given).waiting
    return of(*given)
generator = np.random.default_rng(0)
x = generator.normal(size=(50, 4)).astype("float32")
y = x[:, :1] * x[:, 1:2]
found = []
for Executor.of in (in_sequence, lambda *_: Executor()):
    engine.clear()
    found.append([])
    for layer in (
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.5, seed=1),
        keras.layers.GaussianNoise(0.1, seed=1),
        keras.layers.UnitNormalization(),
    ):
        keras.utils.set_random_seed(3)
        dense = [keras.layers.Dense(8, activation="relu"), layer, keras.layers.Dense(1)]
        net = keras.Sequential([keras.Input((4,)), *dense])
        net.compile("adam", "mse")
        told = fit(net, x, y, epochs=3, batch_size=8, verbose=0, jit_compile=False)
        found[-1].append(told.history["loss"])
print(json.dumps(found))
"""
