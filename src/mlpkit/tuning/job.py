"""A configuration's job as a hypermodel: its space, its rows, its training."""

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from mlpkit.config import Config, Dimension, EnsembleConfig
from mlpkit.data import Split
from mlpkit.errors import DataError
from mlpkit.evaluation import evaluate
from mlpkit.factory import TASKS
from mlpkit.runs import Prepared
from mlpkit.runs.folds import folds as parts_of
from mlpkit.runs.members import Plan, not_for_testing
from mlpkit.runs.network import build_network, fit_arguments, total_steps
from mlpkit.training import placement
from mlpkit.tuning.seeded_model import SeededHyperModel
from mlpkit.tuning.space import configured, settings_of


class Job(SeededHyperModel):
    """The networks of a job, on its rows, encoded once.

    Args:
        prepared: The data, and the configuration with its recipe filled in.
        space: Dimension by setting.
        monitor: The value that tells the best epoch.
        seed: Of one training; None until `bound`.
        execution: Number of the training in its trial.
    """

    def __init__(
        self,
        prepared: Prepared,
        space: dict[str, Dimension],
        monitor: str,
        *,
        seed: int | None = None,
        execution: int = 0,
    ) -> None:
        super().__init__()
        self.space = space
        self._all = prepared
        self._monitor = monitor
        self._seed = seed
        self._prepared = fold(prepared, execution)
        self._plan = Plan(self._prepared, EnsembleConfig())  # a trial is one network

    def bound(self, seed: int, execution: int) -> "Job":
        """Return the job of one training."""
        return Job(self._all, self.space, self._monitor, seed=seed, execution=execution)

    def config(self, hp: Any) -> Config:
        """Return the configuration of some hyperparameters: `train` takes it."""
        config = self._all.config
        found = configured(config, settings_of(self.space, hp.values))
        training = {"seed": self._seed, "monitor": self._monitor}
        return found.model_copy(
            update={"training": found.training.model_copy(update=training)}
        )

    def build(self, hp: Any) -> keras.Model:
        """Return the compiled network."""
        config = self.config(hp)
        steps = total_steps(self._plan, config.training)
        return build_network(self._plan, config.model, config.training, steps)

    def fit_arguments(self, hp: Any) -> dict[str, Any]:
        """Return rows, epochs, patience and schedules."""
        return fit_arguments(self._plan, self.config(hp).training)

    def placed(self, hp: Any) -> AbstractContextManager[Any]:
        """Return the context of its device and strategy."""
        return placement(self._all.config.training)

    def measure(self, hp: Any, model: keras.Model) -> dict[str, float]:
        """Return scikit-learn's metrics on the validation rows, as ``val_<name>``."""
        prepared = self._prepared
        rows = prepared.split.validation
        task = TASKS[prepared.target.task]
        scores = np.asarray(task.scores(model(prepared.x[rows], training=False)))
        if prepared.scaling is not None:
            scores = scores * prepared.scaling.std + prepared.scaling.mean
        weight = prepared.sample_weight
        found = evaluate(
            prepared.target.task,
            prepared.y[rows],
            scores,
            sample_weight=None if weight is None else weight[rows],
        )
        return {f"val_{name}": value for name, value in found.items()}


def fold(prepared: Prepared, number: int) -> Prepared:
    """Return the data, another part of the rows held back for validation."""
    folds = prepared.config.search.folds
    if folds is None:
        return prepared
    split = prepared.split
    rows = not_for_testing(prepared)
    by_class = prepared.target.task in {"binary", "binary_softmax", "multiclass"}
    classes = prepared.y[rows] if by_class else None
    held = parts_of(rows, folds, classes=classes, seed=prepared.config.seed)[number]
    parts = Split(np.setdiff1d(rows, held), held, split.test)
    return replace(prepared, split=parts)


def check_rows(prepared: Prepared) -> None:
    """Check that there are rows by which trials can be compared.

    Raises:
        DataError: There are none, or they are streamed and asked for in folds.
    """
    folds = prepared.config.search.folds
    if folds is None:
        if not len(prepared.split.validation):
            msg = "a search compares validation losses: split.validation_fraction must"
            raise DataError(f"{msg} be > 0")
        return
    if prepared.stream is not None:
        msg = "search.folds: rows that are streamed have no folds; give executions"
        raise DataError(msg)
    rows = len(prepared.split.train) + len(prepared.split.validation)
    if rows < folds:
        msg = f"search.folds must be at most the rows, got {folds} for {rows} rows"
        raise DataError(msg)
