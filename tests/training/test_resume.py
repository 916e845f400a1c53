"""A training that is killed at any moment ends as if it had not been."""

import os
import random
import signal
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from mlpkit import schedules
from mlpkit.errors import UsageError
from mlpkit.training import engine, fit
from mlpkit.training.checkpoint import epochs_done
from mlpkit.training.engine import rule

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("train_until_killed.py")
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(90, 4)).astype("float32")
Y = (X[:, :1] * X[:, 1:2]).astype("float32")


def model():
    keras.utils.set_random_seed(1)
    network = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.3)]
    )
    network.add(keras.layers.BatchNormalization())
    network.add(keras.layers.Dense(1))
    network.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return network


def callbacks():
    return [
        keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=2),
        keras.callbacks.EarlyStopping(
            "val_loss", patience=30, restore_best_weights=True
        ),
    ]


class Stop(keras.callbacks.Callback):
    def __init__(self, after):
        super().__init__()
        self.after = after

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self.after:
            raise ConnectionError  # anything: nothing may be cleaned up on purpose


@pytest.mark.parametrize("after", [1, 4])
def test_goes_on_with_the_same_bits_callbacks_included(tmp_path, after):
    options = {
        "batch_size": 20,
        "epochs": 12,
        "validation_data": (X[:30], Y[:30]),
        "checkpoint_seconds": 0,
    }
    whole, broken = model(), model()
    expected = fit(whole, X, Y, callbacks=callbacks(), **options)
    options["checkpoint"] = tmp_path / "state"
    # the file is written after the callbacks of an epoch, so this epoch is lost
    with pytest.raises(ConnectionError):
        fit(broken, X, Y, callbacks=[*callbacks(), Stop(after)], **options)
    resumed = model()
    resumed.optimizer.learning_rate = 0.01
    found = fit(resumed, X, Y, callbacks=[*callbacks(), Stop(99)], **options)
    assert found.history == expected.history
    assert found.epoch == expected.epoch
    assert found.best_epoch == expected.best_epoch
    pairs = zip(resumed.variables, whole.variables, strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    rates = found.history["learning_rate"]
    assert rates[0] != rates[-1]  # the plateau was found by a count that went on
    again = fit(model(), X, Y, callbacks=[*callbacks(), Stop(99)], **options)
    assert again.history == expected.history  # finished: nothing is trained again


def test_refuses_the_checkpoint_of_another_training(tmp_path):
    file = tmp_path / "state"
    fit(model(), X, Y, epochs=1, checkpoint=file)
    with pytest.raises(UsageError, match="state: must be the checkpoint of this train"):
        fit(model(), X + 1, Y, epochs=1, checkpoint=file)
    assert epochs_done(file) == 1
    file.write_bytes(b"nonsense")
    assert epochs_done(file) is None
    assert epochs_done(tmp_path / "none") is None
    with pytest.raises(UsageError, match="must be a checkpoint of mlpkit"):
        fit(model(), X, Y, epochs=1, checkpoint=file)


def test_more_epochs_go_on_where_a_shorter_training_ended(tmp_path, capsys):
    options = {"batch_size": 30, "validation_data": (X[:30], Y[:30])}
    whole, longer = model(), model()
    expected = fit(whole, X, Y, epochs=5, **options)
    options["checkpoint"] = tmp_path / "state"
    fit(longer, X, Y, epochs=2, **options)
    longer = model()
    found = fit(longer, X, Y, epochs=5, verbose=1, **options)
    assert "training: going on from epoch 2, as " in capsys.readouterr().out
    assert found.history == expected.history
    assert found.best_epoch == expected.best_epoch
    assert all(map(np.array_equal, longer.get_weights(), whole.get_weights()))
    with pytest.raises(UsageError, match="checkpoint has behind it, 5, got 3"):
        fit(model(), X, Y, epochs=3, **options)
    # the XLA compiler rounds otherwise: the result would be that of no whole training
    with pytest.raises(UsageError, match="rates and jit_compile count, too"):
        fit(model(), X, Y, epochs=6, jit_compile=True, **options)


def test_more_epochs_go_on_in_the_way_that_fewer_were_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(rule, "_WORTH_COMPILING", 10)  # steps: 6 in a graph, 15 not
    options = {"batch_size": 30}
    whole, longer = model(), model()
    expected = fit(whole, X, Y, epochs=5, jit_compile=False, **options)
    options["checkpoint"] = tmp_path / "state"
    fit(model(), X, Y, epochs=2, **options)
    assert fit(longer, X, Y, epochs=5, **options).history == expected.history
    assert all(map(np.array_equal, longer.get_weights(), whole.get_weights()))


def test_a_schedule_is_the_same_in_every_process(tmp_path):
    options = {"checkpoint": tmp_path / "state", "epochs": 2, "batch_size": 30}

    def course(total_steps):
        return {"dropout": schedules.FlatCosine(1.0, total_steps=total_steps)}

    first = fit(model(), X, Y, schedules=course(6), **options)
    again = fit(model(), X, Y, schedules=course(6), **options)
    assert again.history == first.history
    with pytest.raises(UsageError, match="must be the checkpoint of this training"):
        fit(model(), X, Y, schedules=course(5), **options)


def test_does_not_depend_on_who_lends_the_loop(tmp_path):
    """What a callback changes at an epoch's end is in the file, and so is the rate."""
    engine.clear()
    options = {"batch_size": 45, "epochs": 4, "checkpoint_seconds": 0}
    options |= {"checkpoint": tmp_path / "state", "shuffle": False}
    lender = model()
    lender.optimizer.learning_rate = 0.5
    fit(lender, X, Y, batch_size=45, epochs=1, shuffle=False)

    def halving():
        return keras.callbacks.ReduceLROnPlateau(
            "loss", factor=0.5, patience=1, min_delta=1e9
        )

    with pytest.raises(ConnectionError):
        fit(model(), X, Y, callbacks=[halving(), Stop(3)], **options)
    engine.clear()
    found = fit(model(), X, Y, callbacks=[halving(), Stop(9)], **options)
    engine.clear()
    del options["checkpoint"]
    expected = fit(model(), X, Y, callbacks=[halving()], **options)
    assert found.history == expected.history


def test_goes_on_with_as_many_callbacks(tmp_path):
    options = {"checkpoint": tmp_path / "state", "epochs": 1}
    fit(model(), X, Y, **options)
    with pytest.raises(UsageError, match="with the callbacks that it had, they were 1"):
        fit(model(), X, Y, callbacks=callbacks(), **options)


def test_sigkill_at_random_moments(tmp_path, forked):
    """Ten kills, one of them while the file is being written."""

    def start(state, *, slow_writes=False):
        return forked(SCRIPT, state, "slow" if slow_writes else "fast")

    def run(state):
        process = start(state)
        output, errors = process.communicate()
        assert process.returncode == 0, errors
        return output

    expected = run(tmp_path / "whole")
    dice = random.Random(5)
    state = tmp_path / "state"
    for kill in range(10):
        process = start(state, slow_writes=kill == 9)
        if kill == 9:
            _wait_for(tmp_path / ".state.part", process)
        else:
            if kill > 0:
                _wait_for(state, process)
            time.sleep(dice.uniform(0.0, 0.6))
        alive = process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert alive, "the training must still run when it is killed"
    assert run(state) == expected


def _wait_for(file, process):
    deadline = time.monotonic() + 120
    while process.poll() is None and not (file.exists() and file.stat().st_size):
        assert time.monotonic() < deadline
        time.sleep(0.002)
