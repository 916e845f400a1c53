"""A `keras_tuner.Tuner` whose trials train by `mlpkit.fit`, and lose nothing."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras_tuner

from mlpkit.errors import UsageError
from mlpkit.tuning import journal, manifest
from mlpkit.tuning.arguments import check_arguments, duration, oracle_of, stopper_of
from mlpkit.tuning.execute import trains_itself
from mlpkit.tuning.failures import ends_the_search
from mlpkit.tuning.lock import locked
from mlpkit.tuning.objective import names_of
from mlpkit.tuning.progress import SearchProgress
from mlpkit.tuning.publish import Publisher
from mlpkit.tuning.recording import begun, ended, failed, line_of
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.seeded_model import SeededHyperModel
from mlpkit.tuning.seeds import seeded
from mlpkit.tuning.trial import TrialTraining
from mlpkit.tuning.workers import HERE, Client, Crew, Place, lead, place, work

Watcher = Callable[[TrialRecord], None]


class Tuner(TrialTraining, keras_tuner.Tuner):
    """Search over any ``build(hp)``; ``search`` takes the arguments of `mlpkit.fit`.

    Trials of one architecture share one compiled loop. All state is written aside and
    renamed: a search that was killed at any moment goes on when it is started again,
    its running trial from its last checkpoint. A trial that fails is recorded, and the
    search goes on.

    Args:
        hypermodel: ``build(hp)`` or a `keras_tuner.HyperModel`. One with a ``fit`` of
            its own trains by that: from the start where it was killed.
        oracle: "random", "grid", "bayesian", "hyperband", or any `keras_tuner.Oracle`.
        objective: Name of a metric, `keras_tuner.Objective`, or a list of them;
            "val_loss" if left.
        max_trials: Limit of the trials; 20 if left, a grid has none.
        hyperparameters: Of the space, where ``build`` is not to tell them.
        stopper: "asha", "median", or an object with their methods; None: none.
        time_limit: Of the whole search, in seconds or as "10m".
        trial_time: Of each trial.
        keep: How many best trials' weights are kept for `get_best_models`.
        seed: Of the oracle and the trials.
        identity: What else makes it this search, e.g. a digest of the data.
        report: Called with a line per trial, and with what was mended.
        **kwargs: Of `keras_tuner.Tuner`: ``directory``, ``project_name``,
            ``overwrite``, ``executions_per_trial``.

    Raises:
        UsageError: An argument out of range, or the folder is of another search.
    """

    def __init__(  # noqa: PLR0913 - those of KerasTuner's oracle and tuner
        self,
        hypermodel: Any,
        *,
        oracle: Any = "random",
        objective: Any = None,
        max_trials: int | None = None,
        hyperparameters: Any = None,
        stopper: Any = None,
        time_limit: float | str | None = None,
        trial_time: float | str | None = None,
        keep: int = 5,
        seed: int = 1,
        identity: Any = None,
        report: Callable[[str], None] = lambda _: None,
        **kwargs: Any,
    ) -> None:
        oracle = oracle_of(
            oracle,
            objective=objective,
            max_trials=max_trials,
            hyperparameters=hyperparameters,
            seed=seed,
        )
        oracle.report = report
        oracle.verbose = 0
        oracle.stopper = stopper_of(stopper)
        oracle.budget.total = duration("time_limit", time_limit)
        self.place: Place | None = place()
        self.crew: Crew | None = None
        if self.is_worker:
            kwargs["overwrite"] = False  # the folder is the chief's to empty
        self.seed = seed
        self.keep = keep
        self.identity = identity
        self._report = report
        self._watchers: list[Watcher] = []
        self._tells = True
        self._budget = oracle.budget
        self._stopper = oracle.stopper
        self._trial_time = duration("trial_time", trial_time)
        self._max_epochs = getattr(oracle, "max_epochs", None)  # of Hyperband
        self._executions = kwargs.get("executions_per_trial", 1)
        self.folder = Path(kwargs.get("directory") or ".") / (
            kwargs.get("project_name") or "untitled_project"
        )
        with locked(self.folder) if kwargs.get("overwrite") else nullcontext():
            super().__init__(oracle, hypermodel, **kwargs)
        self.publisher = Publisher(self.folder, self.oracle)
        if self.place is not None and self.is_worker:
            self.oracle = Client(oracle, self.place, self.folder.name)

    @property
    def is_worker(self) -> bool:
        """Whether another process, the chief, has the oracle."""
        return self.place is not None and not self.place.is_chief

    def _is_worker(self) -> bool:
        return self.is_worker

    def _populate_initial_space(self) -> None:
        """Learn the space; go on from the folder if there is something in it."""
        if not isinstance(self.hypermodel, SeededHyperModel):
            with seeded(self.seed):
                super()._populate_initial_space()
        if not self.oracle.get_space().space:
            msg = "the space must have at least one hyperparameter, build(hp) asks for"
            raise UsageError(f"{msg} none: hp.Int(…), hp.Float(…), hp.Choice(…)")
        if self._is_worker():
            return
        now = manifest.describe(
            self.oracle.get_space(),
            oracle=type(self.oracle).__name__.removeprefix("Durable"),
            objective=str(self.oracle.objective),
            stopper=manifest.stopper_told(self._stopper),
            executions=self._executions,
            seed=self.seed,
            identity=self.identity,
        )
        before = manifest.read_manifest(self.folder, self._report)
        if before is None:
            manifest.write_manifest(self.folder, now)
        else:
            manifest.check_manifest(self.folder, before, now)
            self.oracle.reload()

    def _get_tuner_fname(self) -> str:
        return str(self.folder / "none.json")  # all state is the oracle's

    def search(self, *args: Any, **kwargs: Any) -> None:
        """Run the trials that are left; arguments are those of `mlpkit.fit`.

        With ``verbose=1`` the best trials and the time left are shown on a terminal.
        The folder gets ``results.parquet``, ``trials.csv``, ``report.html`` and
        ``tensorboard/`` at the end, and from time to time.

        Raises:
            UsageError: A wrong argument, another search in the folder, or all fails.
        """
        shown = SearchProgress() if kwargs.get("verbose") else None
        if kwargs.pop("verbose", None) is not None and trains_itself(self.hypermodel):
            kwargs["verbose"] = 0  # else Keras' bars would cross the table
        if not trains_itself(self.hypermodel):
            check_arguments(kwargs)
        if self._is_worker():
            work(self, *args, **kwargs)
            return
        with locked(self.folder):
            self.oracle.reload()
            self._budget.start()
            watchers: list[Watcher] = [self.publisher.watch]
            self._tells = shown is None
            if shown:
                shown.open(self.oracle, journal.read(self.folder))
                watchers.append(shown.watch)
            self._watchers += watchers
            try:
                if self.place is None and self.crew is None:
                    super().search(*args, **kwargs)
                else:
                    lead(self, self.place or HERE, self.crew)
                    self.on_search_end()
            finally:
                self._budget.stop()
                self.oracle.save()
                del self._watchers[-len(watchers) :]
                if shown:
                    shown.close()
                self.publisher.write()
        if self.oracle.given_up:
            raise UsageError(f"{self.folder}: {self.oracle.given_up}")

    def _try_run_and_update_trial(self, trial: Any, *args: Any, **kwargs: Any) -> None:
        """Run a trial, whatever comes of it, and write it down."""
        record = begun(
            trial,
            seed=self._seed_of(trial),
            started=self._budget.spent,
            worker=self.tuner_id,
        )
        self._write(record)
        started = time.monotonic()
        error: Exception | None = None
        try:
            outcome = self._outcome(self.run_trial(trial, *args, **kwargs))
            record = ended(record, trial, outcome)
            self._conclude(trial, outcome, record.message)
        except Exception as caught:  # noqa: BLE001 - a stranger's code fails in any way
            error, record = caught, failed(record, caught)
            trial.status, trial.message = "INVALID", record.traceback
        record = replace(record, seconds=time.monotonic() - started)
        self._write(record)
        if self._tells or record.traceback:
            goals = names_of(self.oracle.objective)
            self._report(line_of(record, self.oracle.max_trials, goals))
        if error is not None and ends_the_search(
            error, finished=len(self.oracle.get_best_trials(1))
        ):
            raise error

    def _write(self, record: TrialRecord) -> None:
        journal.write(self.folder, record)
        for watch in self._watchers:
            watch(record)

    def on_trial_end(self, trial: Any) -> None:
        """Tell the oracle that a trial has ended; it writes its state."""
        self.oracle.end_trial(trial)
        promoted = "tuner/epochs" in trial.hyperparameters.values  # perhaps, later
        if not promoted:
            self._forget_states(f"trial_{trial.trial_id}")

    def on_search_end(self) -> None:
        """Remove the states from which trials could have gone on."""
        if not self._is_worker():
            self._forget_states("trial_*")

    def _forget_states(self, trials: str) -> None:
        for path in self.folder.glob(f"{trials}/*.checkpoint"):
            path.unlink(missing_ok=True)

    def save(self) -> None:
        """Write the state; the oracle has it all."""
        if not self._is_worker():
            self.oracle.save()

    def reload(self) -> None:
        """Go on from the folder."""
        if not self._is_worker():
            self.oracle.reload()
