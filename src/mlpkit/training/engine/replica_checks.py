"""What would not be right on several replicas is refused before the first step."""

import warnings
from typing import Any

import keras
import tensorflow as tf

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.errors import UsageError
from mlpkit.training.engine.numbers import inner_optimizer

_MEANS = {"sum_over_batch_size", "mean", "mean_with_sample_weight"}


def check_scope(model: keras.Model) -> None:
    """Raise a `UsageError` unless all of a model was made under one strategy."""
    current = tf.distribute.get_strategy()
    own = model.distribute_strategy
    if tf.distribute.has_strategy() and model._distribute_strategy is not current:
        _refuse(
            "the model must be built under the strategy that it is trained under",
            "it was built outside of that scope",
            f"build and compile it within `with {type(current).__name__}.scope()`",
        )
    if model._distribute_strategy is None:
        return
    optimizer = model.optimizer
    inner = inner_optimizer(optimizer)
    inside = all(o._distribution_strategy is own for o in (optimizer, inner)) and all(
        own.extended.variable_created_in_scope(v.value)
        for v in (*model.variables, *optimizer.variables)
    )
    if not inside:
        _refuse(
            "weights and optimizer must be made under the model's strategy",
            "some of them were made outside of its scope",
            "create the optimizer, build and compile within `with strategy.scope()`",
        )


def check_replicas(model: keras.Model) -> None:
    """Refuse a built model that several replicas would train otherwise than one.

    Raises:
        UsageError: Says what, why, and what to do instead.
    """
    strategy = model.distribute_strategy
    if strategy.num_replicas_in_sync == 1 and not needs_static_shapes(strategy):
        return
    _check_optimizer(model.optimizer)
    for name in ("train_step", "test_step", "compute_loss"):
        if getattr(type(model), name) is not getattr(keras.Model, name):
            _refuse(
                f"a model's own {name} cannot be split",
                f"{type(model).__name__} has one, and nothing tells whether it divides "
                "its loss by the rows of all replicas",
                "give compile a loss per row, or train on one device",
            )
    for entry in getattr(model._compile_loss, "_flat_losses", []):
        if entry.loss is not None and entry.loss.reduction not in _MEANS:
            _refuse(
                "a loss must be a mean over rows, with reduction='sum_over_batch_size'",
                f"{entry.loss.name} has reduction={entry.loss.reduction!r}",
                "scale the learning rate instead",
            )
    _check_layers(model)
    if needs_static_shapes(strategy) and _unweighted_metrics(model):
        _refuse(
            "metrics on a TPU must be weighted, the last batch is filled up there",
            "the model is compiled with metrics=",
            "hand them over as weighted_metrics=",
        )


def check_step(model: keras.Model, y_pred: Any) -> None:
    """Refuse what a model shows only when called: losses of its own, and masks."""
    if len(model.losses) > len(model._get_regularization_losses()):
        _refuse(
            "losses that layers add cannot be split",
            "add_loss or an activity regularizer is used, which may be a sum over rows "
            "or a mean",
            "put that term into the loss, or train on one device",
        )
    if any(hasattr(t, "_keras_mask") for t in keras.tree.flatten(y_pred)):
        _refuse(
            "outputs must not be masked",
            "a layer sets a mask, whose rows a replica cannot count",
            "hand the mask over as sample_weight",
        )


def check_weighted(loss: Any, sample_weight: Any) -> None:
    """Refuse sample weights for a loss that gives one number for all rows."""
    if sample_weight is not None:
        _refuse(
            "a loss with sample weights must give a value per row",
            f"{loss.name} gives one number, which the weights only multiply",
            "leave the mean over rows away in it",
        )


def needs_static_shapes(strategy: tf.distribute.Strategy) -> bool:
    """Tell whether the strategy's devices compile each shape anew."""
    return isinstance(strategy, tf.distribute.TPUStrategy)


def _check_optimizer(optimizer: Any) -> None:
    inner = inner_optimizer(optimizer)
    if isinstance(inner, ComponentOptimizer):
        return
    for name in ("gradient_accumulation_steps", "ema_overwrite_frequency"):
        if getattr(inner, name, None):
            kind = type(inner).__name__
            _refuse(
                f"{name} needs an optimizer of mlpkit",
                f"keras.optimizers.{kind} decides on each replica whether to write",
                f"use mlpkit.optimizers, e.g. Adam(..., {name}=...)",
            )


def _check_layers(model: keras.Model) -> None:
    norms = [
        layer.name
        for layer in model._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization)
        and not layer.synchronized
        and layer.trainable
    ]
    if norms:
        warnings.warn(
            f"BatchNormalization {', '.join(norms)}: each replica normalizes by its "
            "own rows alone; synchronized=True takes all",
            stacklevel=2,
        )


def _unweighted_metrics(model: keras.Model) -> bool:
    config = getattr(model, "_compile_config", None)
    return config is not None and bool(config.config.get("metrics"))


def _refuse(must: str, why: str, instead: str) -> None:
    msg = f"training on several replicas: {must}; {why}; {instead}"
    raise UsageError(msg)
