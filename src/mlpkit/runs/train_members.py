"""A plan and settings in, a trained network out."""

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import keras

from mlpkit.config import EnsembleConfig, ModelConfig, TrainingConfig
from mlpkit.factory.names import fresh_names
from mlpkit.runs.members import HeldOut, Plan
from mlpkit.runs.network import build_network, fit_arguments, total_steps
from mlpkit.runs.prepared import Prepared
from mlpkit.training import Progress, fit, placement


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
    with placement(training), fresh_names():
        steps = total_steps(plan, training)
        network = build_network(plan, model, training, steps)
        initialize(network)
        bar = Progress(label) if progress else None
        try:
            with warnings.catch_warnings():  # of a divergence: the history tells it
                warnings.simplefilter("ignore", RuntimeWarning)
                history = fit(
                    network,
                    **fit_arguments(plan, training),
                    verbose=0,
                    callbacks=[*callbacks, *([bar] if bar else [])],
                    checkpoint=checkpoint,
                )
        finally:
            if bar:
                bar.close()
        network, held = plan.finish(network, history)
    return network, history, held
