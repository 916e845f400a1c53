"""Workers as processes of this machine."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlpkit.config import Config
from mlpkit.errors import UsageError
from mlpkit.training.engine import pool_threads
from mlpkit.tuning.workers.place import place

_GRACE = 10.0  # seconds in which a worker may end by itself


class Crew:
    """Starts the workers of a search, sees them end, and ends them.

    Each writes to ``worker<n>.log`` in the search's folder. A worker ends by itself
    when this process is gone, however that came.

    Args:
        count: Of the workers; the cores are shared among them.
        job: What `workers.process` needs.
        folder: Of the search.

    Raises:
        UsageError: Fewer than one.
    """

    def __init__(self, count: int, job: Mapping[str, Any], folder: Path) -> None:
        if count < 1:
            msg = f"workers must be at least 1, got {count}"
            raise UsageError(msg)
        self.count = count
        self._job = pickle.dumps(dict(job))
        self._folder = folder
        self._address = ""
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._replaced = 0

    def start(self, address: str) -> None:
        """Start all; the chief is at the address."""
        self._address = address
        for number in range(self.count):
            self._start(f"worker{number}")

    def ended(self) -> list[tuple[str, int]]:
        """Return the workers that have ended since the last call, with exit codes."""
        found = []
        for name, process in list(self._running.items()):
            code = process.poll()
            if code is not None:
                del self._running[name]
                _close(process)
                found.append((name, code))
        return found

    def replace(self, name: str) -> bool:
        """Start a worker again that was killed; False where that came too often."""
        if self._replaced >= 2 * self.count:
            return False
        self._replaced += 1
        self._start(name)
        return True

    @property
    def running(self) -> int:
        """How many have not ended."""
        return len(self._running)

    def last_words(self, name: str) -> str:
        """Return the last line of a worker's log."""
        lines = self._log(name).read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def stop(self) -> None:
        """End all, also those that still train."""
        for process in self._running.values():
            process.send_signal(signal.SIGINT)
        for process in self._running.values():
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _close(process)
        self._running.clear()

    def wait(self) -> None:
        """Give those time that know that there is nothing left; then stop."""
        end = time.monotonic() + _GRACE / 2
        while any(p.poll() is None for p in self._running.values()):
            if time.monotonic() > end:
                break
            time.sleep(0.05)
        self.stop()

    def _start(self, name: str) -> None:
        with self._log(name).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "mlpkit.tuning.workers.process"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment(name, self._address, self.count),
                start_new_session=True,  # Ctrl-C is for the chief, which tells them
            )
        self._running[name] = process
        threading.Thread(target=_feed, args=(process, self._job), daemon=True).start()

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


def crew_of(count: int, config: Config, data: Any, folder: Path) -> Crew:
    """Return the workers of a job's search.

    Raises:
        UsageError: Fewer than one; or this process is itself one of several.
    """
    if place() is not None:
        msg = "workers must be left out where KERASTUNER_ORACLE_IP is set: this process"
        raise UsageError(f"{msg} is one of several already")
    job = {
        "config": config,
        "data": data,
        "folder": str(folder.parent.resolve()),
        "name": folder.name,
    }
    return Crew(count, job, folder)


def environment(name: str, address: str, count: int) -> dict[str, str]:
    """Return the environment of a worker: who it is, and its share of the cores.

    The pool of operations is as large as that of a process alone: the engine chooses by
    it how a graph is run, and a trial must give the same bits in any process.
    """
    host, _, port = address.rpartition(":")
    threads = str(max(1, len(os.sched_getaffinity(0)) // count))
    return {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "GRPC_VERBOSITY": "ERROR",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",  # else the first takes all of a GPU
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "KERASTUNER_TUNER_ID": name,
        "KERASTUNER_ORACLE_IP": host,
        "KERASTUNER_ORACLE_PORT": port,
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_NUM_INTEROP_THREADS": str(pool_threads() or threads),
        "OMP_NUM_THREADS": threads,
    }


def _feed(process: "subprocess.Popen[bytes]", job: bytes) -> None:
    """Send the job; the pipe stays open, so that its end is that of the chief."""
    if process.stdin is not None:
        with suppress(BrokenPipeError, ValueError):  # it has died: `ended` tells
            process.stdin.write(job)
            process.stdin.flush()


def _close(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
