"""The oracle as the workers see it: KerasTuner's service, with leases."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

from keras_tuner.engine.trial import Trial, TrialStatus
from keras_tuner.src import protos
from keras_tuner.src.distribute.oracle_chief import OracleServicer

from mlpkit.tuning.failures import one_line
from mlpkit.tuning.workers import signs
from mlpkit.tuning.workers.leases import Leases

_DEATHS = 3  # of its workers, and a trial has failed


class RefusedError(Exception):
    """A call that a worker must not make."""


class Service(OracleServicer):
    """Answers the workers' calls; each is a sign of life.

    A trial is one worker's at a time. Where its worker dies it waits for another one;
    a worker that was only silent is refused when it comes back, unless nobody has taken
    the trial yet. Workers are kept waiting while others train: they may have to finish.

    Args:
        oracle: A `Durable` one.
        leases: Of the workers.
        search: Its name: workers of another one are refused.
        began: Called with a trial and its worker.
        ended: Called with the name of a trial; returns the message of its failure.
        grace: Seconds in which trials of an earlier chief wait for their workers.
    """

    def __init__(
        self,
        oracle: Any,
        leases: Leases,
        *,
        search: str,
        began: Callable[[Trial, str], None] = lambda *_: None,
        ended: Callable[[str], str | None] = lambda _: None,
        grace: float = 0.0,
    ) -> None:
        super().__init__(oracle)
        self.error: Exception | None = None
        self.leases = leases
        self._search = search
        self._began = began
        self._ended = ended
        self._grace_ends = time.monotonic() + grace
        self._earlier = set(oracle._retry_queue)
        self._lock = threading.RLock()
        self._space = super().GetSpace(None, None)  # which only `UpdateSpace` changes
        self._told: set[str] = set()
        self._deaths: Counter[str] = Counter()

    @property
    def over(self) -> bool:
        """Whether there is nothing left to do, and every worker knows."""
        with self._lock:
            return (
                self.stop_triggered
                and not self.oracle.ongoing_trials
                and self.leases.alive <= self._told
            )

    def release(self, worker: str) -> str | None:
        """Take a dead worker's trial back; return its name."""
        with self._lock:
            self.leases.drop(worker)
            self.oracle.tuner_ids.discard(worker)
            trial = self.oracle.ongoing_trials.pop(worker, None)
            if trial is None:
                return None
            self._deaths[trial.trial_id] += 1
            if self._deaths[trial.trial_id] >= _DEATHS:
                trial.status = TrialStatus.FAILED
                trial.message = f"{_DEATHS} workers died of it"
                self.oracle.end_trial(trial)
            else:
                self.oracle._retry_queue.append(trial.trial_id)
                self.oracle.save()
            return trial.trial_id

    def is_done(self) -> bool:
        """Tell whether there is nothing left to do, before anybody has asked."""
        with self._lock:
            trial = self.oracle.create_trial("chief")
            self.stop_triggered = trial.status == TrialStatus.STOPPED
            self.oracle.tuner_ids.discard("chief")
            if self.oracle.ongoing_trials.pop("chief", None) is not None:
                self.oracle._retry_queue.append(trial.trial_id)  # it is the next
                self.oracle.save()
            return self.stop_triggered

    def CreateTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Give the worker its trial, the next one, or none."""
        return self._answer(
            context, lambda _: self._created(request.tuner_id), request.tuner_id
        )

    def UpdateTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take values of an epoch."""

        def work(worker: str) -> Any:
            self._check_owner(worker, request.trial_id)
            trial = self.oracle.update_trial(
                request.trial_id, dict(request.metrics), step=request.step
            )
            # its status is the answer; its curve would grow from epoch to epoch
            told = Trial(self.oracle.get_space(), trial.trial_id, trial.status)
            return protos.get_service().UpdateTrialResponse(trial=told.to_proto())

        return self._answer(context, work)

    def EndTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take a trial that has ended, or an error that ends the search."""
        fatal = signs.read_worker(context.invocation_metadata())[2]

        def work(worker: str) -> Any:
            self._check_owner(worker, request.trial.trial_id)
            if fatal:
                self.oracle.given_up = f"{worker}: {fatal}"
                self.stop_triggered = True
                self._told.add(worker)  # it leaves
                self.release(worker)
            else:
                self._end(Trial.from_proto(request.trial))
            return protos.get_service().EndTrialResponse()

        return self._answer(context, work)

    def GetTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return a trial."""
        return self._plain(super().GetTrial, request, context)

    def GetSpace(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return the space; as the workers' heartbeat it waits for nobody."""
        return self._answer(context, lambda _: self._space, lock=nullcontext())

    def UpdateSpace(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take new hyperparameters."""
        update, space = super().UpdateSpace, super().GetSpace

        def work(_: str) -> Any:
            found = update(request, context)
            self._space = space(None, None)
            return found

        return self._answer(context, work)

    def GetBestTrials(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return the best trials."""
        return self._plain(super().GetBestTrials, request, context)

    def _plain(self, call: Any, request: Any, context: Any) -> Any:
        return self._answer(context, lambda _: call(request, context))

    def _answer(
        self,
        context: Any,
        work: Callable[[str], Any],
        worker: str = "",
        lock: AbstractContextManager[Any] | None = None,
    ) -> Any:
        name, search, _ = signs.read_worker(context.invocation_metadata())
        worker = name or worker
        if search not in {"", self._search}:
            msg = f"it leads the search {self._search}, not {search}"
            context.abort(signs.STRANGER, msg)
        if worker:
            self.leases.touch(worker)
        with lock or self._lock:
            try:
                if self.error is None:
                    found = work(worker)
                    budget = self.oracle.budget
                    context.set_trailing_metadata(
                        signs.from_chief(budget.spent, budget.total)
                    )
                    return found
            except RefusedError as error:
                context.abort(signs.REFUSED, str(error))
            except Exception as error:  # noqa: BLE001 - it ends the chief
                self.error = error
        told = f"it has ended with {one_line(cast(Exception, self.error))}"
        return context.abort(signs.ENDED, told)

    def _created(self, worker: str) -> Any:
        known = self.oracle.ongoing_trials.get(worker)
        trial = self._next(worker)
        if trial.status == TrialStatus.STOPPED:
            self.stop_triggered = True
            self._told.add(worker)
        elif trial.status == TrialStatus.RUNNING and known is None:
            self._began(trial, worker)
        return protos.get_service().CreateTrialResponse(trial=trial.to_proto())

    def _next(self, worker: str) -> Trial:
        oracle = self.oracle
        idle = Trial(oracle.get_space(), trial_id="", status=TrialStatus.IDLE)
        waiting = self._earlier.intersection(oracle._retry_queue)
        if waiting and time.monotonic() < self._grace_ends:
            return idle
        trial = oracle.create_trial(worker)
        goes_on = not oracle.given_up and oracle.budget.left > 0
        if trial.status == TrialStatus.STOPPED and oracle.ongoing_trials and goes_on:
            return idle  # a worker may die, and its trial needs another one
        return trial

    def _check_owner(self, worker: str, name: str) -> None:
        oracle = self.oracle
        mine = oracle.ongoing_trials.get(worker)
        if not worker or (mine is not None and mine.trial_id == name):
            return
        if mine is None and name in oracle._retry_queue:  # it was only silent
            oracle._retry_queue.remove(name)
            trial = oracle.trials[name]
            trial.status = TrialStatus.RUNNING
            oracle.ongoing_trials[worker] = trial
            oracle.tuner_ids.add(worker)
            return
        msg = f"trial {name} is not that of worker {worker} any more"
        raise RefusedError(msg)

    def _end(self, trial: Trial) -> None:
        space = self.oracle.get_space()  # in its order, which the message has not
        known = {(hp.name, repr(hp.conditions)) for hp in space.space}
        new = trial.hyperparameters.space
        space.merge([hp for hp in new if (hp.name, repr(hp.conditions)) not in known])
        space.values = dict(trial.hyperparameters.values)
        trial.hyperparameters = space
        if trial.status != TrialStatus.COMPLETED:
            trial.message = self._ended(trial.trial_id)
            self.oracle.end_trial(trial)
        else:
            self.oracle.end_trial(trial)
            self._ended(trial.trial_id)
