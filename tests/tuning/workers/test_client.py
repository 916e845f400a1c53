import socket
import threading
import time

import keras_tuner
import pytest

from mlpkit.tuning.oracles import RandomOracle
from mlpkit.tuning.workers.client import Client
from mlpkit.tuning.workers.place import Place
from mlpkit.tuning.workers.signs import ChiefGone


def client(port, patience):
    space = keras_tuner.HyperParameters()
    space.Int("size", 1, 9)
    objective = keras_tuner.Objective("val_loss", "min")
    oracle = RandomOracle(objective=objective, max_trials=1, hyperparameters=space)
    return Client(oracle, Place("one", f"127.0.0.1:{port}", patience), "any")


@pytest.fixture
def silent():
    """A port that takes connections and never answers, as a stopped process does."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        found.listen()
        yield found.getsockname()[1]


def test_no_call_lasts_longer_than_the_patience(silent):
    found = client(silent, 1.0)
    started = time.monotonic()
    with pytest.raises(
        ChiefGone, match=r"is gone: it has not answered for 1 s\. Start"
    ):
        found.create_trial("one")
    assert 0.9 < time.monotonic() - started < 3
    found.close()


def test_nobody_at_the_address(silent):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = client(port, 1.0)
    with pytest.raises(ChiefGone, match=f"the chief at 127.0.0.1:{port} is gone"):
        found.get_space()
    found.close()


def test_heartbeat_interrupts_a_training(silent):
    found = client(silent, 0.5)

    def train():
        with found.beating():
            time.sleep(10)

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        train()
    assert isinstance(found.lost, ChiefGone)
    assert time.monotonic() - started < 5
    found.close()


def test_heartbeat_ends_with_the_work(silent):
    found = client(silent, 60.0)
    before = set(threading.enumerate())  # one of another test may still be ending
    with found.beating():
        (thread,) = set(threading.enumerate()) - before
        assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive()
    found.close()
