"""A checkpoint is not taken for that of another network."""

import itertools

import keras
import numpy as np
import pytest

from mlpkit.errors import UsageError
from mlpkit.training import fit
from mlpkit.training.engine import Lease
from mlpkit.training.engine.executor import Executor

X = np.random.default_rng(0).normal(size=(30, 3)).astype("float32")


def model(activation="relu", loss="mse", rate=0.1, optimizer="adam"):
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation)])
    net.add(keras.layers.Dropout(rate))
    net.add(keras.layers.Dense(1))
    net.compile(optimizer, loss)
    return net


def test_a_checkpoint_is_of_one_way_to_run_operations(tmp_path, monkeypatch):
    file = tmp_path / "state"
    ways = [Executor(), Executor(waiting=2), Executor(as_traced=True)]
    for way, other in itertools.permutations(ways, 2):
        monkeypatch.setattr(Executor, "of", lambda *_, way=way: way)
        monkeypatch.setattr(Lease, "__call__", _without_executor)
        file.unlink(missing_ok=True)
        fit(model(), X, X[:, :1], checkpoint=file)
        monkeypatch.setattr(Executor, "of", lambda *_, other=other: other)
        with pytest.raises(UsageError, match="must be the checkpoint of this training"):
            fit(model(), X, X[:, :1], checkpoint=file)


def _without_executor(lease, *data, **control):
    """The way alone counts here: a small pool could wait for ever."""
    return lease.loop(*data, captured=lease._captured, **control)


@pytest.mark.parametrize(
    "other",
    [
        {"activation": "tanh"},
        {"loss": "mae"},
        {"loss": keras.losses.Huber(0.5)},
        {"rate": 0.3},
        {"optimizer": keras.optimizers.Adam(0.5)},
    ],
    ids=["activation", "loss", "loss with a number", "dropout", "learning rate"],
)
@pytest.mark.slow
def test_another_network_does_not_go_on(other, tmp_path):
    file = tmp_path / "state"
    fit(model(), X, X[:, :1], checkpoint=file)
    with pytest.raises(UsageError, match="must be the checkpoint of this training"):
        fit(model(**other), X, X[:, :1], checkpoint=file)
    fit(model(), X, X[:, :1], checkpoint=file)  # names of layers count on, and may
