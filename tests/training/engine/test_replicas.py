"""Replicas and workers train as one device does; they need processes of their own."""

import json
import re
import socket
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from mlpkit.runs import Run
from mlpkit.training import fit

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("train_on_replicas.py")


def answer(process):
    out, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors[-3000:]
    return json.loads(out.splitlines()[-1])


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_a_strategy_of_one_device_is_that_device(jit_compile):
    x = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
    found = []
    for strategy in (
        tf.distribute.get_strategy(),
        tf.distribute.OneDeviceStrategy("CPU:0"),
    ):
        keras.utils.set_random_seed(1)
        with strategy.scope():
            dropped = [layers.Dropout(0.2, seed=1), layers.Dense(1)]
            model = keras.Sequential([keras.Input((3,)), *dropped])
            model.compile(keras.optimizers.Adam(0.01, clipnorm=0.1), "mse")
        fit(model, x, x[:, :1], batch_size=16, epochs=3, jit_compile=jit_compile)
        found.append(model.get_weights())
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture(scope="module")
def mirrored(forked):
    return answer(forked(SCRIPT, "mirrored"))


def test_two_replicas_are_one_device(mirrored):
    assert len(mirrored) == 12
    for case, found in mirrored.items():
        bound = 1e-2 if "float16" in case else 1e-6
        assert found["weights"] < bound, case
        assert found["history"] < bound, case


def test_a_loss_is_scaled_by_what_any_replica_finds(mirrored):
    for case in ("float16", "float16, own optimizer"):
        # the gradients of every epoch's first batch are infinite, on replica 1
        assert mirrored[case]["steps"] == 4 * 2
        assert mirrored[case]["scale"] == 2.0**10 / 2**4


@pytest.fixture(scope="module")
def others(forked):
    return answer(forked(SCRIPT, "others"))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("accumulation", "gradient_accumulation_steps needs .* of mlpkit.*optimizers"),
        ("overwriting", "ema_overwrite_frequency needs an optimizer of mlpkit"),
        ("own step", "own train_step cannot be split; OwnStep has one"),
        ("sum", "mean over rows.*mean_squared_error has reduction='sum'"),
        ("a number", "must give a value per row.*mean_square gives one number"),
        ("activity", "losses that layers add cannot be split"),
        ("mask", "outputs must not be masked.*sample_weight"),
        ("eager", "one graph: it is compiled with run_eagerly=True"),
        ("xla", "jit_compile must be False or 'auto' on several replicas.*got True"),
        ("batch", "batch_size must be at least the 2 replicas, got 1"),
        ("outside", "built outside of that scope.*MirroredStrategy.scope"),
        ("optimizer outside", "some of them were made outside of its scope"),
        ("normalization", "its own rows alone; synchronized=True takes all"),
    ],
)
def test_what_replicas_would_do_otherwise_is_refused(others, case, said):
    assert re.search(said, others["refused"][case]), others["refused"][case]


def test_layers_draw_other_noise_on_every_replica(others):
    before, within, after = others["noise"]
    assert before  # as Keras does it
    assert after
    assert not within


def test_the_rest_of_fit_on_replicas(others):
    assert others["resumed"] == 0.0
    assert others["job"] < 1e-6  # a configuration's network, with normalization
    assert others["shared loop"] == [1, 0.0]
    assert "epoch 1, step 2; first in the output of layer" in others["divergence"]
    assert others["streamed"] < 1e-6


def free_ports():
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = ",".join(str(s.getsockname()[1]) for s in sockets)
    for one in sockets:
        one.close()
    return ports


def test_workers_are_one_process_and_go_on_when_one_was_lost(tmp_path, others, forked):
    def workers(*more):
        given = free_ports(), tmp_path, *more
        return [forked(SCRIPT, "worker", index, *given) for index in (0, 1)]

    chief, killed = workers("13")  # worker 1 dies after epoch 3
    _, errors = chief.communicate(timeout=120)
    killed.communicate(timeout=60)
    assert killed.returncode == -9
    assert chief.returncode == 1
    assert "WorkerError: training.strategy 'multi_worker': all workers" in errors
    assert [p.name for p in tmp_path.iterdir()] == ["state"]

    again = workers()
    outputs = [process.communicate(timeout=240) for process in again]
    assert [p.returncode for p in again] == [0, 0], outputs
    (shown, _), (silent, _) = outputs
    assert "epoch 5/6" in shown
    assert "epoch 1/6" not in shown
    assert "epoch" not in silent
    first, second = (json.loads(out.splitlines()[-1]) for out, _ in outputs)
    jobs = first.pop("job"), second.pop("job")
    assert first == second  # to the last bit
    expected = others["one process"]
    assert len(first["losses"]) == 6
    np.testing.assert_allclose(first["losses"], expected["losses"], rtol=1e-6)
    for a, b in zip(first["weights"], expected["weights"], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    # of a whole job the chief writes the folder, and reports
    assert jobs[0]["said"] > 0 == jobs[1]["said"]
    assert jobs[0]["metrics"] == jobs[1]["metrics"]
    assert jobs[0]["path"] == jobs[1]["path"]
    assert Run.open(jobs[0]["path"]).metrics["network"] == jobs[0]["metrics"]
