"""A `keras_tuner.Tuner` whose trials train by `mlpkit.fit`."""

from typing import Any

import keras_tuner

from mlpkit.errors import DataError, UsageError
from mlpkit.training import fit


class Tuner(keras_tuner.Tuner):
    """Search over any ``build(hp)``; ``search`` takes the arguments of `mlpkit.fit`.

    Args:
        hypermodel: ``build(hp)`` or a `keras_tuner.HyperModel`.
        oracle: Which hyperparameters to try, e.g.
            ``keras_tuner.oracles.RandomSearchOracle(...)``.
        **kwargs: Of `keras_tuner.Tuner`: ``directory``, ``project_name``, ….

    No checkpoint is written per trial: a trial's result are its metrics at the epoch
    of the lowest validation loss.
    """

    def __init__(
        self, hypermodel: Any, *, oracle: keras_tuner.Oracle, **kwargs: Any
    ) -> None:
        super().__init__(oracle, hypermodel, **kwargs)

    def run_trial(
        self, trial: keras_tuner.engine.trial.Trial, *args: Any, **kwargs: Any
    ) -> dict[str, float]:
        """Build, train and report one trial."""
        kwargs.pop("verbose", None)  # of KerasTuner's display
        model = self.hypermodel.build(trial.hyperparameters)
        try:
            history = fit(model, *args, **kwargs)
        except (TypeError, UsageError, DataError) as error:
            # wrong for every trial: the search must not go on
            raise keras_tuner.errors.FatalTypeError(str(error)) from error
        best = getattr(history, "best_epoch", None)
        position = history.epoch.index(best) if best is not None else -1
        return {name: values[position] for name, values in history.history.items()}

    def get_best_models(self, num_models: int = 1) -> list:
        """Refuse: trials leave no weights; rebuild from `get_best_hyperparameters`."""
        msg = (
            "get_best_models: trials leave no weights; build(hp) and fit the model of "
            f"get_best_hyperparameters({num_models}) instead"
        )
        raise UsageError(msg)
