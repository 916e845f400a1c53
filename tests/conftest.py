"""Shared by all tests: a small real table, one trained run of it, quick processes."""

import gc
import multiprocessing
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import runpy
import subprocess
from pathlib import Path

import pytest

# tests/reference makes the values of other libraries, which are not installed here;
# tests/jax_backend is for Keras' other backend: `make test-jax`
collect_ignore = ["reference"]
if os.environ.get("KERAS_BACKEND") != "jax":
    collect_ignore.append("jax_backend")

ROOT = Path(__file__).parents[1]


def pytest_collection_finish():
    """Look for garbage seldom: tracing a graph makes many objects, and they stay."""
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def penguins():
    """344 birds: strings, whole numbers, missing values, three species."""
    from mlpkit.data import read_table

    return read_table(ROOT / "configs/data/penguins.csv")


@pytest.fixture(scope="session")
def penguin_run(penguins, tmp_path_factory):
    """A short run, trained once for all tests that only read it."""
    import mlpkit

    config = {
        "name": "birds",
        "data": {"target": "species"},
        "model": {"hidden": [16]},
        "training": {"epochs": 15, "learning_rate": 0.01},
    }
    return mlpkit.train(config, data=penguins, folder=tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def penguin_export(penguin_run, tmp_path_factory):
    """That run's SavedModel, written and verified once."""
    import mlpkit

    return mlpkit.export(penguin_run, tmp_path_factory.mktemp("models") / "birds")


class Forked:
    """A process with what the tests use of `subprocess.Popen`."""

    def __init__(self, process, folder):
        self._process, self._folder = process, folder
        self.pid, self.kill = process.pid, process.kill

    @property
    def returncode(self):
        return self._process.exitcode

    def poll(self):
        return self._process.exitcode

    def wait(self, timeout=None):
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return self.returncode

    def send_signal(self, number):
        os.kill(self.pid, number)

    def communicate(self, timeout=None):
        self.wait(timeout)
        return [(self._folder / name).read_text() for name in ("out", "err")]


@pytest.fixture(scope="session")
def forked(tmp_path_factory):
    """Starts a script, or a module's command, in a process of its own.

    The process is forked from one that has imported TensorFlow and not used it. What
    must find out how it was started, or what it imports, needs `subprocess`.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mlpkit.runs", "mlpkit.tuning"])
    script = str(Path(__file__).with_name("run_forked.py"))

    def start(*command, **environment):
        folder = tmp_path_factory.mktemp("process")
        environment = {name: str(value) for name, value in environment.items()}
        given = [*map(str, command)], str(folder), environment
        process = context.Process(
            target=runpy.run_path, args=(script, {"GIVEN": given}, "__main__")
        )
        process.start()
        return Forked(process, folder)

    return start
