"""Metrics and losses of plain networks, built without tracing the network for it."""

from typing import Any

import keras

_MEANS = {"accuracy", "acc", "mse", "mae"}  # by name; of objects their class tells it


def build_compiled(model: keras.Model, batch: Any) -> None:
    """Build a plain model's metrics and losses from the shapes of its outputs.

    Keras traces the model, its metrics and its losses once each to find out what
    variables they need, which takes as long as a short training. Where the network's
    one output and the targets have the same shape, and metrics are means, that is known
    beforehand. All else is left as it is, for Keras.

    Args:
        model: Compiled.
        batch: A few rows, nested ``(x, y[, sample_weight])``.
    """
    x, y = (*batch, None)[:2]
    if not _is_plain(model):
        return
    # a Sequential tells neither input nor output before it is called
    network = getattr(model, "_functional", model)
    if network is None:
        return
    inputs, output = network._inputs_struct, network._outputs_struct
    if not (_fits(x, inputs) and _fits(y, output)):
        return
    seen = keras.KerasTensor((x.shape[0], *output.shape[1:]), output.dtype)
    told = keras.KerasTensor(y.shape, keras.backend.standardize_dtype(y.dtype))
    metrics, loss = model._compile_metrics, model._compile_loss
    if metrics is not None and not metrics.built:
        metrics.build(told, seen)
    if not loss.built:
        loss.build(told, seen)


def _is_plain(model: keras.Model) -> bool:
    kinds = (keras.Sequential, keras.src.models.functional.Functional)
    if type(model) not in kinds or not model.built or model._compile_loss is None:
        return False
    given = model._compile_config.config if model._compile_config else {}
    loss = given.get("loss")
    asked = [*_listed(given.get("metrics")), *_listed(given.get("weighted_metrics"))]
    return (
        isinstance(loss, str | keras.losses.Loss)
        and all(layer.built for layer in model._flatten_layers())
        and all(map(_is_mean, asked))
    )


def _listed(metrics: Any) -> list[Any]:
    return [] if metrics is None else keras.tree.flatten(metrics)


def _is_mean(metric: Any) -> bool:
    if isinstance(metric, str):
        return metric in _MEANS
    return type(metric).__module__.startswith("keras.") and isinstance(
        metric, keras.metrics.Mean
    )


def _fits(value: Any, wanted: Any) -> bool:
    """Whether an array has the shape and type of a symbolic tensor."""
    return (
        isinstance(wanted, keras.KerasTensor)
        and hasattr(value, "shape")
        and tuple(value.shape[1:]) == tuple(wanted.shape[1:])
        and keras.backend.standardize_dtype(value.dtype) == wanted.dtype
    )
