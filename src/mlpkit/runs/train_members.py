"""A plan and settings in, a trained network out."""

import math
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import keras

from mlpkit.config import EnsembleConfig, ModelConfig, TrainingConfig
from mlpkit.runs.members import HeldOut, Plan
from mlpkit.runs.network import build_network, factor_schedules
from mlpkit.runs.prepared import Prepared
from mlpkit.training import Progress, batch_size_for, fit, placement


def train_network(
    prepared: Prepared, model: ModelConfig, training: TrainingConfig, **more: Any
) -> tuple[keras.Model, keras.callbacks.History]:
    """Return one network trained on prepared data, with its history.

    ``more`` is as `train_members` takes it.
    """
    plan = Plan(prepared, EnsembleConfig())
    network, history, _ = train_members(plan, model, training, **more)
    return network, history


def train_members(
    plan: Plan,
    model: ModelConfig,
    training: TrainingConfig,
    *,
    label: str,
    progress: bool = False,
    callbacks: Iterable[keras.callbacks.Callback] = (),
    initialize: Callable[[keras.Model], None] = lambda _: None,
    checkpoint: Path | None = None,
) -> tuple[keras.Model, keras.callbacks.History, HeldOut | None]:
    """Return the trained network of a plan, its history, and held-out answers.

    ``initialize`` is called with the network before its first step.
    """
    size = min(training.batch_size or batch_size_for(plan.rows), plan.rows)
    steps = training.epochs * math.ceil(plan.rows / size)
    compares = plan.validates or not training.monitor.startswith("val_")
    with placement(training):
        network = build_network(plan, model, training, steps)
        initialize(network)
        bar = Progress(label) if progress else None
        try:
            with warnings.catch_warnings():  # of a divergence: the history tells it
                warnings.simplefilter("ignore", RuntimeWarning)
                history = fit(
                    network,
                    **plan.data(size),
                    epochs=training.epochs,
                    verbose=0,
                    callbacks=[*callbacks, *([bar] if bar else [])],
                    patience=training.patience if compares else None,
                    monitor=plan.monitor(training.monitor),
                    weight_averaging=training.weight_averaging,
                    schedules=factor_schedules(training, steps),
                    checkpoint=checkpoint,
                    checkpoint_seconds=training.checkpoint_seconds,
                    seed=plan.prepared.config.seed,
                )
        finally:
            if bar:
                bar.close()
        network, held = plan.finish(network, history)
    return network, history, held
