"""A `keras_tuner.Tuner` whose trials train by `mlpkit.fit`."""

from typing import Any

import keras_tuner

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
        history = fit(model, *args, **kwargs)
        best = getattr(history, "best_epoch", None)
        position = history.epoch.index(best) if best is not None else -1
        return {name: values[position] for name, values in history.history.items()}
