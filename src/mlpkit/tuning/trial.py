"""How a tuner trains its trials: one by one, each by itself."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from mlpkit.errors import UsageError, suggest
from mlpkit.factory.names import fresh_names
from mlpkit.tuning import journal, weights
from mlpkit.tuning.budget import Budget
from mlpkit.tuning.execute import Execution, build, execute
from mlpkit.tuning.oracles import SCORE
from mlpkit.tuning.outcome import Outcome, mean_outcome, outcome_of
from mlpkit.tuning.promotion import continue_from
from mlpkit.tuning.recording import number_of
from mlpkit.tuning.seeded_model import SeededHyperModel
from mlpkit.tuning.seeds import execution_seed, seeded, trial_seed
from mlpkit.tuning.stoppers import Stopper
from mlpkit.tuning.watch import Watch
from mlpkit.tuning.workers.place import Place


class TrialTraining:
    """The part of a tuner that trains.

    What a trial needs comes from the tuner's settings, the trial and its folder, so
    that any process can train any trial.
    """

    folder: Path
    hypermodel: Any
    oracle: Any
    seed: int
    keep: int
    place: Place | None
    _budget: Budget
    _stopper: Stopper | None
    _trial_time: float | None
    _max_epochs: int | None
    _executions: int
    _report: Callable[[str], None]

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> list[Outcome]:
        """Train a trial as often as asked."""
        found: list[Outcome] = []
        for number in range(self._executions):
            found.append(self._trained(self._execution(trial, number, args, kwargs)))
            if found[-1].stopped or found[-1].score is None:
                break
        return found

    def _trained(self, given: Execution) -> Outcome:
        """Train; from the start where the checkpoint is of another training."""
        try:
            return execute(given)
        except UsageError as error:
            path = given.checkpoint
            if path is None or not str(error).startswith(f"{path}:"):
                raise
            self._report(f"{error}. It is left out, and the trial starts anew")
            path.unlink()
        return execute(replace(given, watch=given.watch and given.watch.again()))

    def _execution(
        self, trial: Any, number: int, args: Any, options: dict[str, Any]
    ) -> Execution:
        values = trial.hyperparameters.values
        folder = journal.trial_folder(self.folder, trial.trial_id)
        checkpoint = folder / f"execution_{number}.checkpoint"
        past = values.get("tuner/trial_id")
        if past is not None and not checkpoint.exists():
            continue_from(
                journal.trial_folder(self.folder, past) / checkpoint.name, checkpoint
            )
        return Execution(
            self.hypermodel,
            trial.hyperparameters,
            execution_seed(self._seed_of(trial), number),
            number,
            self.oracle.objective,
            args,
            options,
            self._watch_of(trial, number),
            checkpoint,
            self._max_epochs if "tuner/epochs" in values else None,
        )

    def _seed_of(self, trial: Any) -> int:
        while "tuner/trial_id" in trial.hyperparameters.values:  # it goes on from there
            past = trial.hyperparameters.values["tuner/trial_id"]
            trial = self.oracle.get_trial(past)
        return trial_seed(self.seed, number_of(trial))

    def _watch_of(self, trial: Any, number: int) -> Watch | None:
        until = trial.hyperparameters.values.get("tuner/epochs")
        timed = self._trial_time is not None or self._budget.total is not None
        compared = self._stopper is not None and number == 0
        if not (until or timed or compared):
            return None  # epochs that nobody watches are trained together
        limit = float("inf") if self._trial_time is None else self._trial_time
        end = time.monotonic() + limit

        def left() -> float:
            return min(end - time.monotonic(), self._budget.left)

        def tell(epoch: int, values: dict[str, float]) -> bool:
            if not self.oracle.objective.has_value(values):
                return False
            told = self.oracle.update_trial(trial.trial_id, values, step=epoch)
            return told.status == "STOPPED"

        return Watch(
            tell=tell if compared else None, left=left if timed else None, until=until
        )

    def _outcome(self, results: Any) -> Outcome:
        listed = results if isinstance(results, list) else [results]
        objective = self.oracle.objective
        return mean_outcome([outcome_of(r, objective) for r in listed], objective)

    def _conclude(self, trial: Any, outcome: Outcome, message: str) -> None:
        """Tell the oracle, and keep the weights if they are among the best."""
        if outcome.score is None:  # it would be so again: there is nothing to retry
            trial.status, trial.message = "FAILED", message
            return
        told = {**outcome.metrics, SCORE: outcome.score}
        self.oracle.update_trial(trial.trial_id, told, step=outcome.best_epoch or 0)
        trial.status = "COMPLETED"
        if outcome.model is None:
            return
        best = self.oracle.get_best_trials(self.keep)
        sign = -1.0 if self.oracle.objective.direction == "max" else 1.0
        better = [t for t in best if sign * t.score <= sign * outcome.score]
        if len(better) < self.keep:
            weights.save_weights(self.folder, trial.trial_id, outcome.model)
            if self.place is None:  # else the chief does: others may be saving theirs
                kept = [trial.trial_id, *(t.trial_id for t in best)]
                weights.keep_only(self.folder, kept[: self.keep])

    def load_model(self, trial: Any) -> keras.Model:
        """Return a trial's model with its best weights.

        Raises:
            UsageError: They are not kept.
        """
        if not weights.has_weights(self.folder, trial.trial_id):
            msg = f"trial {trial.trial_id}: its weights are not kept, only those of the"
            raise UsageError(f"{msg} {self.keep} best trials: give a larger keep=")
        seed = self._seed_of(trial)
        hypermodel = self.hypermodel
        if isinstance(hypermodel, SeededHyperModel):
            hypermodel = hypermodel.bound(seed, 0)
        with seeded(seed), fresh_names():
            model = build(hypermodel, trial.hyperparameters)
        weights.load_weights(self.folder, trial.trial_id, model)
        return model

    def replay(self, trial_id: str, *args: Any, **kwargs: Any) -> Outcome:
        """Train a trial again, alone, to the same bits.

        Args:
            trial_id: The oracle's name of it.
            *args: As given to `search`.
            **kwargs: As given to `search`.

        Returns:
            Its first training, with the model.

        Raises:
            UsageError: There is no such trial, its record cannot be read, or it has not
                ended.
        """
        known = journal.read_one(self.folder, trial_id)
        if known is None or trial_id not in self.oracle.trials:
            near = suggest(trial_id, self.oracle.trials)
            msg = f"{self.folder}: there must be a trial {trial_id!r} and its record"
            raise UsageError(msg + near)
        if known.status == "running":
            msg = (
                f"{self.folder}: trial {trial_id!r} must have ended to be trained again"
            )
            raise UsageError(f"{msg}, it is 'running': start its search again first")
        kwargs.pop("verbose", None)
        trial = self.oracle.get_trial(trial_id)
        values = trial.hyperparameters.values
        return execute(
            Execution(
                self.hypermodel,
                trial.hyperparameters,
                known.seed,
                0,
                self.oracle.objective,
                args,
                kwargs,
                Watch(until=known.epochs),
                None,
                self._max_epochs if "tuner/epochs" in values else None,
            )
        )
