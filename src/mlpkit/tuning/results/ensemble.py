"""Several trained networks as one."""

from collections.abc import Sequence

import keras
import numpy as np

from mlpkit.errors import UsageError, suggest
from mlpkit.factory import TASKS


def average_models(
    models: Sequence[keras.Model], weights: Sequence[float] | np.ndarray, task: str
) -> keras.Model:
    """Return one network whose output is the weighted mean of others' outputs.

    p = Σ_k w_k p_k / Σ_k w_k. The p_k are probabilities, or the values of a regression,
    and so is their mean: the task's way to decide stays, p > 0.5 or argmax p. The
    members share their weights with the models given; those of weight 0 are left out.
    It is made of Keras' own layers only, and is saved, exported and served as any other
    network. Compiled, to be evaluated, as the task is.

    Args:
        models: Trained networks of the same encoded columns and outputs.
        weights: w, one per model, >= 0, not all 0; from `greedy_weights`.
        task: Key of ``TASKS``.

    Raises:
        UsageError: Unknown task, weights out of range, or models that do not fit.

    >>> from mlpkit.factory import build_model
    >>> members = [build_model("regression", num_features=3) for _ in range(2)]
    >>> average_models(members, [0.75, 0.25], "regression").output_shape
    (None, 1)
    """
    if task not in TASKS:
        msg = f"unknown task {task!r}{suggest(task, TASKS)}"
        raise UsageError(msg)
    shares = _shares(models, weights)
    kept = [(m, w) for m, w in zip(models, shares, strict=True) if w > 0]
    first = kept[0][0]
    for model, _ in kept[1:]:
        for side in ("input_shape", "output_shape"):
            if getattr(model, side) != getattr(first, side):
                msg = f"average_models: each {side} must be {getattr(first, side)}, "
                raise UsageError(f"{msg}got {getattr(model, side)}")
    inputs = keras.Input(first.input_shape[1:], name="features", dtype="float32")
    parts = []
    for i, (model, share) in enumerate(kept):
        # its own name may be another member's too, which Keras forbids
        member = keras.Model(model.input, model.output, name=f"member_{i}")
        scaled = keras.layers.Rescaling(share, dtype="float32", name=f"share_{i}")
        output = member(inputs)
        parts.append(scaled(output) if len(kept) > 1 else output)
    sum_up = keras.layers.Add(dtype="float32", name="output")
    network = keras.Model(
        inputs, sum_up(parts) if len(parts) > 1 else parts[0], name=task
    )
    row = TASKS[task]
    network.compile(loss=row.loss(0.0), weighted_metrics=row.metrics())
    return network


def _shares(
    models: Sequence[keras.Model], weights: Sequence[float] | np.ndarray
) -> list[float]:
    given = np.asarray(weights, np.float64)
    if given.shape != (len(models),):
        msg = f"average_models: weights must be ({len(models)},), got {given.shape}"
        raise UsageError(msg)
    if not (np.isfinite(given).all() and (given >= 0).all() and given.sum() > 0):
        msg = "average_models: weights must be >= 0 and not all 0, got "
        raise UsageError(f"{msg}{given.tolist()}")
    return (given / given.sum()).tolist()
