"""One training of a trial: from hyperparameters and a seed to a model."""

import copy
import warnings
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import keras_tuner

from mlpkit.errors import UsageError
from mlpkit.factory.names import fresh_names
from mlpkit.training import fit
from mlpkit.training.batches import is_batches
from mlpkit.tuning.objective import parts_of
from mlpkit.tuning.outcome import Outcome, outcome_of
from mlpkit.tuning.seeded_model import SeededHyperModel
from mlpkit.tuning.seeds import seeded
from mlpkit.tuning.watch import Watch


@dataclass(frozen=True)
class Execution:
    """All that a training depends on; it needs no tuner and no other trial.

    Attributes:
        hypermodel: Builds the model.
        hp: Its hyperparameters.
        seed: Of all chance.
        number: Of the training in its trial, from 0.
        objective: KerasTuner's.
        arguments: Positional ones of the search.
        options: By name, of the search.
        watch: Tells and ends; None: nobody asks.
        checkpoint: File by which a training that was killed goes on.
        epochs: Of the whole course, where an oracle says so.
    """

    hypermodel: keras_tuner.HyperModel
    hp: Any
    seed: int
    number: int
    objective: Any
    arguments: Sequence[Any] = ()
    options: Mapping[str, Any] | None = None
    watch: Watch | None = None
    checkpoint: Path | None = None
    epochs: int | None = None


def execute(given: Execution) -> Outcome:
    """Build and train.

    Raises:
        UsageError: No model is built, or an argument does not fit.
        KeyboardInterrupt: The training was interrupted.
    """
    hypermodel = given.hypermodel
    if isinstance(hypermodel, SeededHyperModel):
        hypermodel = hypermodel.bound(given.seed, given.number)
    with _placed(hypermodel, given.hp), seeded(given.seed), fresh_names():
        model = build(hypermodel, given.hp)
        history = _train(hypermodel, model, given)
    if getattr(history, "interrupted", False):
        raise KeyboardInterrupt
    outcome = outcome_of(
        _with_measures(history, hypermodel, model, given), given.objective
    )
    stopped = "" if given.watch is None else given.watch.reason
    return replace(outcome, model=model, stopped=stopped)


def build(hypermodel: keras_tuner.HyperModel, hp: Any) -> keras.Model:
    """Return the model of some hyperparameters.

    Raises:
        UsageError: It is none.
    """
    model = hypermodel.build(hp)
    if not isinstance(model, keras.Model):
        msg = f"build(hp) must return a Keras model, got {type(model).__name__}"
        raise UsageError(msg)
    return model


def trains_itself(hypermodel: keras_tuner.HyperModel) -> bool:
    """Tell whether a hypermodel has a ``fit`` of its own."""
    return type(hypermodel).fit is not keras_tuner.HyperModel.fit


def _placed(hypermodel: Any, hp: Any) -> Any:
    if isinstance(hypermodel, SeededHyperModel):
        return hypermodel.placed(hp)
    return nullcontext()


def _train(hypermodel: Any, model: keras.Model, given: Execution) -> Any:
    options = dict(given.options or {})
    callbacks = _copied(options.pop("callbacks", None))
    if given.watch is not None:
        callbacks.append(given.watch)
    if given.epochs is not None:
        options["epochs"] = given.epochs
    if trains_itself(hypermodel):
        return hypermodel.fit(
            given.hp, model, *given.arguments, callbacks=callbacks, **options
        )
    if isinstance(hypermodel, SeededHyperModel):
        options = {**hypermodel.fit_arguments(given.hp), **options}
    single = len(parts_of(given.objective)) == 1
    if single and "monitor" not in options:
        options["monitor"] = given.objective.name
        options["mode"] = given.objective.direction
    if not any(map(is_batches, [*given.arguments, options.get("x")])):
        options = {"seed": given.seed, "checkpoint": given.checkpoint, **options}
    with warnings.catch_warnings():  # of a divergence: the history tells it
        warnings.simplefilter("ignore", RuntimeWarning)
        return fit(model, *given.arguments, callbacks=callbacks, verbose=0, **options)


def _with_measures(history: Any, hypermodel: Any, model: Any, given: Execution) -> Any:
    """The history, or the metrics at its best epoch with what else is measured."""
    if not isinstance(hypermodel, SeededHyperModel) or not history.history:
        return history
    if given.objective.has_value(history.history) or history.best_epoch is None:
        return history
    place = history.epoch.index(history.best_epoch)
    logged = {name: values[place] for name, values in history.history.items()}
    metrics = logged | hypermodel.measure(given.hp, model)
    found = outcome_of(metrics, given.objective)
    return replace(
        found,
        best_epoch=history.best_epoch,
        curves={n: list(map(float, v)) for n, v in history.history.items()},
    )


def _copied(callbacks: Any) -> list[Any]:
    listed = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    try:
        return [copy.deepcopy(c) for c in listed if c is not None]
    except Exception as error:
        msg = "callbacks: each must be one that copy.deepcopy can copy for each trial"
        raise UsageError(f"{msg}, got {error}") from error
