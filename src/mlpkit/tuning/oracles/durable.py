"""What every oracle of a search can do beside proposing: lose nothing, stop in time."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus

from mlpkit.tuning.budget import Budget
from mlpkit.tuning.curves import curve_of
from mlpkit.tuning.state_file import read_state, write_state
from mlpkit.tuning.stoppers import Stopper

SCORE = "tuner/score"
"""The metric by which a trial's score is told, at its best epoch."""
_ENDED = (TrialStatus.COMPLETED, TrialStatus.FAILED)


class Durable(keras_tuner.Oracle):
    """For any `keras_tuner.Oracle`, as its first base class.

    State is written aside and renamed, and mended where a kill came between two files:
    the trials' own files tell the truth. A trial that was running is proposed again,
    first of all. Per-epoch values that are told by `update_trial` are answered with the
    status ``STOPPED`` where the stopper says so.

    Attributes:
        budget: Time of the whole search.
        stopper: Ends trials early; None: none.
        given_up: Why no more trials are proposed; empty while they are.
        report: Called with what had to be mended.
    """

    stopper: Stopper | None = None
    given_up = ""
    report: Callable[[str], None] = staticmethod(lambda _: None)
    _reporting = False
    _tried_so_far: set[str]

    @property
    def budget(self) -> Budget:
        """Time of the whole search."""
        return self.__dict__.setdefault("_budget", Budget())

    @keras_tuner.synchronized
    def create_trial(self, tuner_id: str) -> Trial:
        """Return the next trial, or one of status ``STOPPED``."""
        if self.given_up or self.budget.left <= 0:
            self.tuner_ids.discard(tuner_id)
            return Trial(self.get_space(), trial_id="", status=TrialStatus.STOPPED)
        return super().create_trial(tuner_id)

    @keras_tuner.synchronized
    def update_trial(
        self, trial_id: str, metrics: dict[str, float], step: int = 0
    ) -> Trial:
        """Take values of an epoch, or the `SCORE`; told again, they replace the old.

        Returns:
            The trial, its status ``STOPPED`` if it should end.
        """
        told = self.trials[trial_id].metrics.metrics
        for name in metrics:
            if name in told:
                told[name]._observations.pop(step, None)
        self._reporting = True  # a file for each epoch would take longer than the epoch
        try:
            trial = super().update_trial(trial_id, metrics, step=step)
        finally:
            self._reporting = False
        if SCORE not in metrics and self._lags(trial, step):
            trial = copy.copy(trial)
            trial.status = TrialStatus.STOPPED
        return trial

    def _lags(self, trial: Trial, step: int) -> bool:
        if self.stopper is None or not self.stopper.looks_at(step):
            return False
        own = curve_of(trial, self.objective)
        others = [
            (curve_of(t, self.objective), t.status == TrialStatus.COMPLETED)
            for name, t in self.trials.items()
            if name != trial.trial_id
        ]
        return self.stopper.stops(step, own, others)

    def score_trial(self, trial: Trial) -> None:
        """Take the score that was told."""
        if not trial.metrics.exists(SCORE):
            super().score_trial(trial)
            return
        last = trial.metrics.get_history(SCORE)[-1]
        trial.score, trial.best_step = float(last.mean()), last.step

    def get_best_trials(self, num_trials: int = 1) -> list[Trial]:
        """Return the best trials that have come to an end."""
        ended = [t for t in self.trials.values() if t.status == TrialStatus.COMPLETED]
        done = [t for t in ended if t.score is not None]
        sign = -1 if self.objective.direction == "max" else 1
        return sorted(done, key=lambda t: sign * t.score)[:num_trials]

    def get_state(self) -> dict[str, Any]:
        """Return what the oracle goes on from."""
        return {**super().get_state(), "spent": self.budget.spent}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        super().set_state(state)
        self.budget.restore(state.get("spent", 0.0))

    def save(self) -> None:
        """Write the state."""
        write_state(self.state_path, self.get_state())

    @property
    def state_path(self) -> Path:
        """File of the state."""
        return Path(self._get_oracle_fname())

    def _save_trial(self, trial: Trial) -> None:
        if not self._reporting:
            folder = Path(self._get_trial_dir(trial.trial_id))
            write_state(folder / "trial.json", trial.get_state())

    def reload(self) -> None:
        """Go on from the files, whatever a kill or a spoiled one has left of them."""
        self.trials.clear()
        for folder in Path(self._project_dir).glob("trial_*"):
            found = read_state(folder / "trial.json", self.report)
            if found is not None:
                self.trials[found["trial_id"]] = Trial.from_state(found)
        state = read_state(self.state_path, self.report) or self.get_state()
        for name in {*state["start_order"], *state["ongoing_trials"].values()}:
            if name not in self.trials:
                self.trials[name] = Trial(
                    keras_tuner.HyperParameters(),
                    trial_id=name,
                    status=TrialStatus.FAILED,
                    message="its file was spoiled",
                )
        self.set_state(state)
        self._mend()

    def _mend(self) -> None:
        """Let the lists agree with the trials: a kill may have come between."""
        self.ongoing_trials: dict[str, Trial] = {}
        waiting = []
        for name in sorted(self.trials, key=int):
            trial = self.trials[name]
            if name not in self.start_order:
                self.start_order.append(name)
                self._record_values(trial)
            if trial.status not in _ENDED:
                waiting.append(name)
            elif name not in self.end_order:
                self.end_order.append(name)
        self._retry_queue = waiting[::-1]  # it is taken from the end

    def _retry(self, trial: Trial) -> bool:
        again = super()._retry(trial)
        if again:  # else the values of the run before would count as this one's
            trial.metrics = type(trial.metrics)()
        return again

    def _check_consecutive_failures(self) -> None:
        # KerasTuner raises here, in the middle of its bookkeeping
        last = self.end_order[-self.max_consecutive_failed_trials :]
        failed = [self.trials[t] for t in last if self.trials[t].status == "FAILED"]
        if len(failed) == self.max_consecutive_failed_trials:
            reason = (failed[-1].message or "").strip().rpartition("\n")[2]
            self.given_up = f"the last {len(failed)} trials all failed: {reason}"

    def _check_objective_found(self, metrics: dict[str, float]) -> None:
        if SCORE not in metrics:
            super()._check_objective_found(metrics)


def durable(oracle: keras_tuner.Oracle) -> Any:
    """Return any oracle, made durable."""
    kind = type(oracle)
    if not issubclass(kind, Durable):
        oracle.__class__ = type(f"Durable{kind.__name__}", (Durable, kind), {})
    return oracle
