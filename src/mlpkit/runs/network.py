"""The network of a job, built and started for its data."""

import math
from typing import Any

import keras

from mlpkit.components.initializers import initialize_from_data
from mlpkit.components.layers import quantile_bins
from mlpkit.config import Component, ModelConfig, TrainingConfig, batch_size_for
from mlpkit.factory import build_model, build_optimizer, build_schedule
from mlpkit.runs.members import Plan, some_of
from mlpkit.runs.prepared import Prepared

_SAMPLE = 2_000  # rows from which a network is started
_FACTORS = {"dropout": "dropout_schedule", "weight_decay": "weight_decay_schedule"}


def build_network(
    plan: Plan, model: ModelConfig, training: TrainingConfig, total_steps: int
) -> keras.Model:
    """Return the compiled network of a job.

    Args:
        plan: Its data, and how many networks there are.
        model: `[model]`.
        training: `[training]`.
        total_steps: Of the whole training, which schedules need.

    Raises:
        UsageError: An argument of a component is unknown or out of range.
    """
    prepared = plan.prepared
    seed = seed_of(prepared, training)
    settings = model.model_dump(exclude={"data_initialization"})
    embedding = model.numeric_embedding
    if embedding is not None and embedding.name == "piecewise_linear":
        settings["numeric_embedding"] = _with_bins(embedding, prepared)
    network = build_model(
        prepared.target.task,
        num_features=prepared.x.shape[1],
        num_outputs=prepared.target.num_outputs,
        num_numeric=prepared.encoder.num_numeric,
        cardinalities=prepared.encoder.cardinalities,
        optimizer=build_optimizer(training, total_steps=total_steps),
        label_smoothing=training.label_smoothing,
        dtype=training.precision,
        seed=seed,
        **plan.network,
        **settings,
    )
    sample = plan.sample(_SAMPLE)
    if model.data_initialization and sample.shape[-2] > 1:  # one row has no spread
        initialize_from_data(network, sample, seed=seed)
    return network


def seed_of(prepared: Prepared, training: TrainingConfig) -> int:
    """Return the seed of the network and the rows' order."""
    return prepared.config.seed if training.seed is None else training.seed


def total_steps(plan: Plan, training: TrainingConfig) -> int:
    """Return how many steps a whole training has."""
    return training.epochs * math.ceil(plan.rows / batch_size_of(plan.rows, training))


def fit_arguments(plan: Plan, training: TrainingConfig) -> dict[str, Any]:
    """Return the arguments of `fit` for a job: rows, epochs, patience, schedules."""
    compares = plan.validates or not training.monitor.startswith("val_")
    return {
        **plan.data(batch_size_of(plan.rows, training)),
        "epochs": training.stop_after or training.epochs,
        "patience": training.patience if compares else None,
        "monitor": plan.monitor(training.monitor),
        "weight_averaging": training.weight_averaging,
        "schedules": factor_schedules(training, total_steps(plan, training)),
        "checkpoint_seconds": training.checkpoint_seconds,
        "deterministic": training.deterministic,
        "seed": seed_of(plan.prepared, training),
    }


def batch_size_of(rows: int, training: TrainingConfig) -> int:
    """Return the rows of a step, at most those there are."""
    return min(training.batch_size or batch_size_for(rows), rows)


def factor_schedules(training: TrainingConfig, total_steps: int) -> dict[str, Any]:
    """Return the schedules of dropout and weight decay, where they have one."""
    found = {}
    for factor, key in _FACTORS.items():
        schedule = getattr(training, key)
        if schedule.name != "constant":
            found[factor] = build_schedule(
                schedule.name, 1.0, schedule.params, total_steps
            )
    return found


def _with_bins(embedding: Component, prepared: Prepared) -> dict[str, Any]:
    """The embedding's settings, with edges from the training rows."""
    params = embedding.params
    count = params.pop("bins", 48)
    rows = some_of(prepared.split.train, _SAMPLE, prepared.config.seed)
    numbers = prepared.x[rows][:, : prepared.encoder.num_numeric]
    edges = quantile_bins(numbers, count) if isinstance(count, int) else count
    return {"name": embedding.name, "bins": edges, **params}
