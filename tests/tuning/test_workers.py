"""Searches on real processes: what is killed, and what goes on."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

import mlpkit
from mlpkit.config import to_toml
from mlpkit.errors import UsageError
from mlpkit.tuning import read_records

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SPACE = {"depth": [1], "width": [4], "learning_rate": {"log": [1e-3, 1e-1]}}
CONFIG = {
    "name": "birds",
    "data": {"target": "species", "path": str(ROOT / "configs/data/penguins.csv")},
    "training": {"epochs": 3},
    "search": {"trials": 4, "space": SPACE},
}
LONG = {
    **CONFIG,
    "training": {"epochs": 400, "patience": 400, "checkpoint_seconds": 0.05},
    "search": {"trials": 3, "space": SPACE},
}
ENDLESS = {  # nobody has ended before the interruption comes
    **LONG,
    "training": {**LONG["training"], "epochs": 100_000, "patience": 100_000},
}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return mlpkit.tune(LONG, folder=tmp_path_factory.mktemp("alone"))


def told(result):
    return [(r.values, r.seed, r.curves, r.score) for r in result.records]


def pid_of(worker, folder):
    """The process of a worker of the search in a folder."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            found = (path / "environ").read_bytes()
            log = (path / "fd/1").readlink()
        except OSError:
            continue
        name = f"KERASTUNER_TUNER_ID={worker}".encode()
        if name in found.split(b"\0") and folder in log.parents:
            return int(path.name)
    return None


def until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    msg = "it has not come"
    raise AssertionError(msg)


def trains(folder):
    """Worker and trial of a training that has a checkpoint."""
    for record in (r for f in folder.glob("*-search") for r in read_records(f)):
        path = next(folder.glob("*-search")) / f"trial_{record.trial}"
        if record.status == "running" and list(path.glob("*.checkpoint")):
            return record.worker, record.trial
    return None


def test_two_workers_find_what_one_process_finds(tmp_path):
    lines = []
    found = mlpkit.tune(CONFIG, folder=tmp_path, workers=2, report=lines.append)
    alone = mlpkit.tune(CONFIG, folder=tmp_path / "alone")
    assert told(found) == told(alone)
    assert found.best_config == alone.best_config
    assert {r.worker for r in found.records} == {"worker0", "worker1"}
    assert len(lines) == 4
    assert (found.path / "report.html").exists()
    assert not list(found.path.glob("trial_*/*.checkpoint"))
    started = time.monotonic()  # all is done: nobody is started
    again = mlpkit.tune(CONFIG, folder=tmp_path, workers=2)
    assert time.monotonic() - started < 5
    assert told(again) == told(found)


@pytest.mark.parametrize(
    "search",
    [
        {"oracle": "hyperband", "trials": 6},
        {"oracle": "bayesian", "stopper": "asha", "folds": 2},
    ],
    ids=lambda search: search["oracle"],
)
def test_every_kind_of_search_ends_on_workers(tmp_path, search):
    config = {**CONFIG, "search": {**CONFIG["search"], **search}}
    found = mlpkit.tune(config, folder=tmp_path, workers=2)
    assert {r.status for r in found.records} <= {"completed", "stopped"}
    assert len(found.records) >= 4
    assert found.best_config is not None


def test_trial_of_a_killed_worker_is_finished_by_another(tmp_path, alone):
    killed = []

    def kill():
        worker, trial = until(lambda: trains(tmp_path))
        os.kill(pid_of(worker, next(tmp_path.glob("*-search"))), signal.SIGKILL)
        killed.append((worker, trial))

    thread = threading.Thread(target=kill)
    thread.start()
    lines = []
    found = mlpkit.tune(LONG, folder=tmp_path, workers=2, report=lines.append)
    thread.join()
    ((worker, trial),) = killed
    assert any(f"{worker} was ended by signal 9; its trial {trial}" in x for x in lines)
    assert [r.status for r in found.records] == ["completed"] * 3
    assert told(found) == told(alone)


def test_killed_chief_takes_its_workers_along_and_goes_on(tmp_path, alone, forked):
    job = tmp_path / "job.toml"
    job.write_text(to_toml(mlpkit.load_config(LONG)))
    chief = forked("mlpkit", "tune", job, "--workers", 2, "--runs", tmp_path)
    worker, _ = until(lambda: trains(tmp_path))
    folder = next(tmp_path.glob("*-search"))
    chief.kill()
    chief.wait()
    until(lambda: pid_of(worker, folder) is None, 5)
    assert "Error: the chief is gone" in (folder / f"{worker}.log").read_text()
    found = mlpkit.tune(job, folder=tmp_path, workers=2)
    assert [r.status for r in found.records] == ["completed"] * 3
    assert told(found) == told(alone)


def test_workers_are_at_least_one_and_started_once(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="workers must be at least 1, got 0"):
        mlpkit.tune(CONFIG, folder=tmp_path, workers=0)
    monkeypatch.setenv("KERASTUNER_ORACLE_IP", "127.0.0.1")
    monkeypatch.setenv("KERASTUNER_ORACLE_PORT", "1")
    monkeypatch.setenv("KERASTUNER_TUNER_ID", "chief")
    with pytest.raises(UsageError, match="is one of several already"):
        mlpkit.tune(CONFIG, folder=tmp_path, workers=2)


def test_worker_of_a_stuck_chief_ends_and_another_finishes(tmp_path, forked):
    job = tmp_path / "job.toml"
    job.write_text(to_toml(mlpkit.load_config(LONG)))
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]

    def start(name):
        environment = {
            "KERASTUNER_TUNER_ID": name,
            "KERASTUNER_ORACLE_IP": "127.0.0.1",
            "KERASTUNER_ORACLE_PORT": port,
            "MLPKIT_PATIENCE": "4s",
        }
        return forked("mlpkit", "tune", job, "--runs", tmp_path, **environment)

    chief, worker = start("chief"), start("far")
    other = None
    try:
        until(lambda: trains(tmp_path))
        chief.send_signal(signal.SIGSTOP)
        _, said = worker.communicate(timeout=30)
        assert worker.returncode == 1
        assert "is gone: it has not answered for 4 s" in said
        other = start("other")  # it waits at the chief's door
        chief.send_signal(signal.SIGCONT)
        shown, _ = chief.communicate(timeout=60)
        assert other.wait(10) == chief.returncode == 0
        assert "far has given no sign for 4 s" in shown
        assert "next: mlpkit train" in shown
    finally:
        for process in (chief, worker, other):
            if process is not None:
                process.kill()
                process.communicate()
    records = read_records(next(tmp_path.glob("*-search")))
    assert [r.status for r in records] == ["completed"] * 3
    assert {r.worker for r in records[1:]} == {"other"}


def test_ctrl_c_ends_all_of_them(tmp_path, forked):
    job = tmp_path / "job.toml"
    job.write_text(to_toml(mlpkit.load_config(ENDLESS)))
    chief = forked("mlpkit", "tune", job, "--workers", 2, "--runs", tmp_path)
    worker, _ = until(lambda: trains(tmp_path))
    chief.send_signal(signal.SIGINT)
    shown, _ = chief.communicate(timeout=40)
    assert chief.returncode == 0
    assert "interrupted: the same search goes on when it is started again" in shown
    folder = next(tmp_path.glob("*-search"))
    assert pid_of("worker0", folder) is pid_of("worker1", folder) is None
    assert (folder / f"{worker}.log").read_text().endswith("interrupted\n")
    assert (folder / "trials.csv").exists()
