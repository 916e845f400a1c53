"""The oracle of a worker: calls to its chief, with an end."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from keras_tuner.engine.hyperparameters import HyperParameters
from keras_tuner.engine.trial import Trial, TrialStatus
from keras_tuner.src import protos
from keras_tuner.src.distribute.oracle_client import OracleClient

from mlpkit.errors import UsageError
from mlpkit.tuning.workers import signs
from mlpkit.tuning.workers.place import Place
from mlpkit.tuning.workers.signs import ChiefGone, LeaseLost

_GRACE = 30.0  # seconds in which a training must heed an interrupt
_PAUSE = 0.5  # seconds, while there is nothing to train
_OPTIONS = [("grpc.max_reconnect_backoff_ms", 2000), ("grpc.enable_http_proxy", 0)]


class Client(OracleClient):
    """KerasTuner's client; no call lasts longer than the patience.

    Args:
        oracle: The worker's own, of which it needs the objective and the space.
        place: The worker and its chief.
        search: Its name.

    Attributes:
        lost: Set by the heartbeat when the chief is gone.
    """

    def __init__(self, oracle: Any, place: Place, search: str) -> None:
        self._oracle = oracle
        self.tuner_id = place.name
        self.multi_worker = False
        self.should_report = True
        self.lost: ChiefGone | None = None
        self._place = place
        self._search = search
        self._trial = ""
        self._channel = grpc.insecure_channel(place.address, options=_OPTIONS)
        self.stub = protos.get_service_grpc().OracleStub(self._channel)
        oracle.budget.start()

    def get_space(self) -> HyperParameters:
        """Return the space as the chief knows it."""
        reply = self._call("GetSpace", protos.get_service().GetSpaceRequest())
        return HyperParameters.from_proto(reply.hyperparameters)

    def update_space(self, hyperparameters: HyperParameters) -> None:
        """Tell the chief of new hyperparameters."""
        told = hyperparameters.to_proto()
        request = protos.get_service().UpdateSpaceRequest(hyperparameters=told)
        self._call("UpdateSpace", request)

    def create_trial(self, tuner_id: str) -> Trial:
        """Return the next trial, as soon as there is one; or one that is ``STOPPED``.

        Raises:
            ChiefGone: The chief does not answer.
            UsageError: It leads another search.
        """
        self._trial = ""
        request = protos.get_service().CreateTrialRequest(tuner_id=tuner_id)
        while True:
            trial = Trial.from_proto(self._call("CreateTrial", request).trial)
            if trial.status != TrialStatus.IDLE:
                break
            time.sleep(_PAUSE)
        self._trial = trial.trial_id
        return self._in_order(trial)

    def update_trial(
        self, trial_id: str, metrics: dict[str, float], step: int = 0
    ) -> Trial:
        """Tell values; the trial's answer may be ``STOPPED``.

        Raises:
            LeaseLost: It is another worker's by now.
            ChiefGone: The chief does not answer.
        """
        request = protos.get_service().UpdateTrialRequest(
            trial_id=trial_id, metrics=metrics, step=step
        )
        return Trial.from_proto(self._call("UpdateTrial", request).trial)

    def end_trial(self, trial: Trial, fatal: str = "") -> None:
        """Tell that a trial has ended; a fatal error ends the search.

        Raises:
            LeaseLost: It is another worker's by now.
            ChiefGone: The chief does not answer.
        """
        request = protos.get_service().EndTrialRequest(trial=trial.to_proto())
        self._call("EndTrial", request, fatal)
        self._trial = ""

    def get_trial(self, trial_id: str) -> Trial:
        """Return a trial."""
        request = protos.get_service().GetTrialRequest(trial_id=trial_id)
        return self._in_order(Trial.from_proto(self._call("GetTrial", request).trial))

    def get_best_trials(self, num_trials: int = 1) -> list[Trial]:
        """Return the best trials."""
        request = protos.get_service().GetBestTrialsRequest(num_trials=num_trials)
        return [
            Trial.from_proto(t) for t in self._call("GetBestTrials", request).trials
        ]

    @contextmanager
    def beating(self) -> Iterator[None]:
        """A context in which the chief hears every few seconds that this worker lives.

        Where the chief is gone, the main thread is interrupted, and `lost` tells why; a
        training that does not heed that is ended with its process.
        """
        ended = threading.Event()
        thread = threading.Thread(target=self._beat, args=(ended,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _beat(self, ended: threading.Event) -> None:
        while not ended.wait(min(2.0, self._place.patience / 5)):
            try:
                self._call("GetSpace", protos.get_service().GetSpaceRequest())
            except ChiefGone as gone:
                if not ended.is_set():
                    self.lost = gone
                    _interrupt()
                    if not ended.wait(_GRACE):
                        _exit(gone)
                return
            except (LeaseLost, UsageError, ValueError):  # the next call will tell
                return

    def _call(self, name: str, request: Any, fatal: str = "") -> Any:
        end = time.monotonic() + self._place.patience
        metadata = signs.from_worker(self.tuner_id, self._search, fatal)
        while True:
            try:
                reply, call = getattr(self.stub, name).with_call(
                    request,
                    timeout=max(end - time.monotonic(), 0.01),
                    wait_for_ready=True,
                    metadata=metadata,
                )
            except grpc.RpcError as error:
                self._judge(error, end)
                time.sleep(min(_PAUSE, self._place.patience / 10))
                continue
            self._set_clock(call.trailing_metadata())
            return reply

    def _judge(self, error: Any, end: float) -> None:
        """Raise what a failed call means; return where it may be tried again."""
        code, told = error.code(), error.details()
        where = f"the chief at {self._place.address}"
        if code == signs.REFUSED:
            raise LeaseLost(told) from None
        if code == signs.STRANGER:
            msg = f"{where}: worker {self.tuner_id} must be of the same search, {told}"
            raise UsageError(msg) from None
        if code == grpc.StatusCode.UNAVAILABLE and time.monotonic() < end:
            return
        if code in {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE}:
            told = f"it has not answered for {self._place.patience:g} s"
        msg = f"{where} is gone: {told}. Start it again, then this worker: the search "
        raise ChiefGone(msg + "goes on") from None

    def _set_clock(self, metadata: Any) -> None:
        told = signs.read_chief(metadata)
        if told is not None:
            budget = self._oracle.budget
            budget.total = told[1]
            budget.restore(told[0])

    def _in_order(self, trial: Trial) -> Trial:
        """Give a trial the space in this worker's order, which the message has not."""
        space = self._oracle.get_space()
        found = trial.hyperparameters.values
        first = {hp.name: found[hp.name] for hp in space.space if hp.name in found}
        known = {(hp.name, repr(hp.conditions)) for hp in space.space}
        new = trial.hyperparameters.space
        space.merge([hp for hp in new if (hp.name, repr(hp.conditions)) not in known])
        space.values = {**first, **found}
        trial.hyperparameters = space
        return trial


def _interrupt() -> None:
    """Interrupt the main thread, also where it sleeps."""
    if callable(signal.getsignal(signal.SIGINT)):  # else the process has no Ctrl-C
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _exit(gone: ChiefGone) -> None:
    """End a process that cannot be interrupted; its files can be left at any time."""
    print(f"Error: {gone}", file=sys.stderr, flush=True)  # noqa: T201 - the last word
    os._exit(1)
