"""What a chief does: it has the oracle, and looks after the workers."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from keras_tuner.src import protos

from mlpkit.errors import UsageError, WorkerError
from mlpkit.tuning import journal, weights
from mlpkit.tuning.objective import names_of
from mlpkit.tuning.recording import begun, line_of
from mlpkit.tuning.workers.crew import Crew
from mlpkit.tuning.workers.leases import Leases
from mlpkit.tuning.workers.place import Place
from mlpkit.tuning.workers.service import Service

_LOOK = 0.1  # seconds between two looks at the workers
_GRACE = 5.0  # for workers that outlived an earlier chief
_LONELY = 10  # times the patience, without any worker
_OPTIONS = [("grpc.so_reuseport", 0)]  # two chiefs must not share a port


def lead(tuner: Any, place: Place, crew: Crew | None = None) -> None:
    """Give out trials until there are none left.

    Args:
        tuner: Its oracle is the search's; its folder is locked.
        place: Where to listen; port 0 takes any that is free.
        crew: Workers to start; None: they come by themselves.

    Raises:
        UsageError: The address cannot be used.
        WorkerError: No worker is left.
    """
    service = Service(
        tuner.oracle,
        Leases(place.patience),
        search=tuner.folder.name,
        began=lambda trial, worker: _began(tuner, trial, worker),
        ended=lambda trial: _ended(tuner, trial),
        grace=0.0 if crew else _GRACE,
    )
    if service.is_done() and crew is not None:
        return
    server = grpc.server(ThreadPoolExecutor(32), options=_OPTIONS)
    protos.get_service_grpc().add_OracleServicer_to_server(service, server)
    address = _listen(server, place.address)
    server.start()
    try:
        if crew is not None:
            crew.start(address)
        watch = _Rounds(service, crew, tuner._report, place.patience)
        while not watch.over():
            time.sleep(_LOOK)
        if crew is not None:
            crew.wait()
    finally:
        if crew is not None:
            crew.stop()
        server.stop(grace=1.0).wait()


class _Rounds:
    """Looks at the workers, again and again."""

    def __init__(
        self,
        service: Service,
        crew: Crew | None,
        report: Callable[[str], None],
        patience: float,
    ) -> None:
        self._service = service
        self._crew = crew
        self._report = report
        self._patience = patience
        self._seen = time.monotonic()
        self._last_words = ""

    def over(self) -> bool:
        """Take the trials of the dead; tell whether the search is over."""
        service = self._service
        if service.error is not None:
            raise service.error
        for worker in service.leases.lapsed():
            self._take_back(worker, f"has given no sign for {self._patience:g} s")
        if self._crew is not None:
            for worker, code in self._crew.ended():
                self._bury(self._crew, worker, code)
        if service.over:
            return True
        self._check_anybody()
        return False

    def _bury(self, crew: Crew, worker: str, code: int) -> None:
        if code == 0:
            self._service.release(worker)
            return
        why = f"was ended by signal {-code}" if code < 0 else crew.last_words(worker)
        self._last_words = f"{worker} {why}"
        self._take_back(worker, why)
        if code < 0:
            crew.replace(worker)

    def _take_back(self, worker: str, why: str) -> None:
        trial = self._service.release(worker)
        then = "" if trial is None else f"; its trial {trial} is given to another one"
        self._report(f"{worker} {why}{then}")

    def _check_anybody(self) -> None:
        """Raise where there is no worker, and none will come."""
        if self._crew is not None and not self._crew.running:
            msg = f"no worker is left, the last one: {self._last_words}. The same "
            raise WorkerError(msg + "search goes on when it is started again")
        now = time.monotonic()
        if self._service.leases.alive or self._crew is not None:
            self._seen = now
        waited = now - self._seen
        if waited > _LONELY * self._patience:
            msg = f"no worker has come for {waited:.0f} s; start the chief again, then"
            raise WorkerError(msg + " the workers: the search goes on")


def _listen(server: Any, address: str) -> str:
    try:
        port = server.add_insecure_port(address)
    except RuntimeError:
        msg = f"{address}: must be a free address of this machine for the chief to "
        raise UsageError(msg + "listen at; give another port") from None
    return f"{address.rpartition(':')[0]}:{port}"


def _began(tuner: Any, trial: Any, worker: str) -> None:
    started = tuner.oracle.budget.spent
    record = begun(trial, seed=tuner._seed_of(trial), started=started, worker=worker)
    for watch in tuner._watchers:
        watch(record)


def _ended(tuner: Any, trial: str) -> str | None:
    """Show what a worker has written, keep the best weights; return its failure."""
    oracle = tuner.oracle
    best = [t.trial_id for t in oracle.get_best_trials(tuner.keep)]
    training = [t.trial_id for t in oracle.ongoing_trials.values()]
    weights.keep_only(tuner.folder, [*best, *training])
    record = journal.read_one(tuner.folder, trial)
    if record is None:
        return None
    for watch in tuner._watchers:
        watch(record)
    if tuner._tells:
        tuner._report(line_of(record, oracle.max_trials, names_of(oracle.objective)))
    return record.traceback or record.message
