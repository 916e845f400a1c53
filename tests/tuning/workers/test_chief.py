import socket
import threading

import keras
import numpy as np
import pytest

from mlpkit.errors import UsageError, WorkerError
from mlpkit.tuning import Tuner, journal
from mlpkit.tuning.workers.client import Client

pytestmark = pytest.mark.slow

X = np.random.default_rng(1).normal(size=(40, 2)).astype(np.float32)
Y = (X @ [[1.0], [-2.0]]).astype(np.float32)
FIT = {"epochs": 3, "batch_size": 20, "validation_data": (X, Y)}


def build(hp):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    rate = hp.Float("rate", 1e-3, 1e-1, sampling="log")
    model.compile(keras.optimizers.SGD(rate), "mse")
    return model


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Makes tuners of one search, as so many processes would."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]

    def made(name, patience="20s", hypermodel=build, **given):
        monkeypatch.setenv("KERASTUNER_TUNER_ID", name)
        monkeypatch.setenv("KERASTUNER_ORACLE_IP", "127.0.0.1")
        monkeypatch.setenv("KERASTUNER_ORACLE_PORT", str(port))
        monkeypatch.setenv("MLPKIT_PATIENCE", patience)
        options = {"directory": tmp_path, "project_name": "any", "max_trials": 3}
        found = Tuner(hypermodel, **{**options, **given})
        for variable in ("TUNER_ID", "ORACLE_IP", "ORACLE_PORT"):
            monkeypatch.delenv(f"KERASTUNER_{variable}")
        return found

    return made


class Leading(threading.Thread):
    """A chief at work."""

    def __init__(self, tuner):
        super().__init__()
        self._tuner = tuner
        self.error = None
        self.start()

    def run(self):
        try:
            self._tuner.search(X, Y, **FIT)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.error = error


def told(folder):
    return [(r.values, r.seed, r.curves, r.score) for r in journal.read(folder)]


def test_chief_and_worker_do_what_one_tuner_does(start, tmp_path):
    lines = []
    chief = start("chief", report=lines.append, keep=2)
    leading = Leading(chief)
    worker = start("one", overwrite=True)  # only a chief empties the folder
    worker.search(X, Y, **FIT)
    leading.join(20)
    assert leading.error is None
    assert {r.worker for r in journal.read(chief.folder)} == {"one"}
    alone = Tuner(build, directory=tmp_path, project_name="alone", max_trials=3)
    alone.search(X, Y, **FIT)
    assert told(chief.folder) == told(alone.folder)
    assert [t.score for t in chief.oracle.get_best_trials(3)] == [
        t.score for t in alone.oracle.get_best_trials(3)
    ]
    assert len(lines) == 3
    assert len(list(chief.folder.glob("trial_*/weights.npz"))) == 2
    loss = chief.get_best_models(1)[0].evaluate(X, Y, verbose=0)
    assert loss == pytest.approx(chief.oracle.get_best_trials(1)[0].score, rel=1e-5)


def test_silent_worker_loses_its_trial(start):
    lines = []
    chief = start("chief", "1s", report=lines.append)
    leading = Leading(chief)
    silent = start("silent")
    assert isinstance(silent.oracle, Client)
    lost = silent.oracle.create_trial("silent")
    start("one").search(X, Y, **FIT)
    leading.join(20)
    assert leading.error is None
    said = f"silent has given no sign for 1 s; its trial {lost.trial_id} is given to"
    assert any(said in line for line in lines)
    assert [r.worker for r in journal.read(chief.folder)] == ["one"] * 3
    silent.oracle.close()


def test_failures_of_trials_are_told_with_their_traceback(start, monkeypatch):
    chief = start("chief", max_trials=1)
    leading = Leading(chief)
    worker = start("one", max_trials=1)

    def fails(*_, **__):
        msg = "no memory"
        raise RuntimeError(msg)

    monkeypatch.setattr(worker, "run_trial", fails)
    worker.search(X, Y, **FIT)
    leading.join(20)
    trial = chief.oracle.trials["0"]
    assert trial.status == "FAILED"
    assert "RuntimeError: no memory" in trial.message
    assert "Traceback" in trial.message


def test_error_that_every_trial_would_meet_ends_the_search(start, monkeypatch):
    leading = Leading(start("chief"))
    worker = start("one")

    def fails(*_, **__):
        msg = "the table has no rows"
        raise UsageError(msg)

    monkeypatch.setattr(worker, "run_trial", fails)
    with pytest.raises(UsageError, match="the table has no rows"):
        worker.search(X, Y, **FIT)
    leading.join(20)
    assert isinstance(leading.error, UsageError)
    assert "one: UsageError: the table has no rows" in str(leading.error)


def test_error_of_the_chief_ends_all(start, monkeypatch):
    chief = start("chief")
    monkeypatch.setattr(chief.oracle, "end_trial", lambda _: 1 / 0)
    leading = Leading(chief)
    with pytest.raises(
        WorkerError, match="is gone: it has ended with ZeroDivisionError"
    ):
        start("one").search(X, Y, **FIT)
    leading.join(20)
    assert isinstance(leading.error, ZeroDivisionError)


def test_chief_does_not_wait_for_ever(start):
    with pytest.raises(WorkerError, match="no worker has come for"):
        start("chief", "0.1s").search(X, Y, **FIT)


def test_two_chiefs_cannot_share_a_port(start):
    leading = Leading(start("chief"))
    worker = start("one")
    trial = worker.oracle.create_trial("one")  # the chief is there
    with pytest.raises(UsageError, match="must be a free address of this machine"):
        start("chief", project_name="other").search(X, Y, **FIT)
    worker.oracle.end_trial(trial, fatal="enough")
    worker.oracle.close()
    leading.join(20)
    assert "enough" in str(leading.error)
