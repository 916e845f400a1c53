"""What makes a training the same as one that was killed."""

import hashlib
import json
from typing import Any

import keras

from mlpkit.training.course import Course
from mlpkit.training.engine import normal_config, variables_of
from mlpkit.training.engine.executor import Executor
from mlpkit.training.engine.numbers import inner_optimizer
from mlpkit.training.source import Source

_ELSEWHERE = {"validation", "schedules"}
# a training with more epochs is the same one up to where the other ended
_NOT_OF_THE_RESULT = {
    "epochs",
    "checkpoint",
    "checkpoint_seconds",
    "deterministic",  # which the executor tells
    *_ELSEWHERE,
}


def training_identity(
    model: keras.Model,
    course: Course,
    source: Source,
    *,
    block_steps: int,
    executor: Executor,
) -> str:
    """Return a digest of data, network and settings, the same in every process.

    What has no configuration (a function, a model with code of its own) counts by its
    name; ``block_steps``, as XLA (0: none) rounds otherwise than a plain graph, and
    the `Executor`, as operations in sequence, or in one order, do.
    """
    validation = course.validation
    settings = inner_optimizer(model.optimizer).get_config()
    settings.pop("name")  # counts the optimizers of a process
    parts = {
        "network": normal_config(model),
        "rates": [_rate(layer) for layer in model._flatten_layers()],
        "variables": [(str(v.shape), v.dtype) for v in variables_of(model)],
        "optimizer": settings,
        "loss and metrics": _compiled(model),
        "course": {
            name: repr(value)
            for name, value in vars(course).items()
            if name not in _NOT_OF_THE_RESULT
        },
        "schedules": {n: _described(s) for n, s in course.schedules.items()},
        "block_steps": block_steps,
        "in sequence": executor.waiting > 0,
        "as traced": executor.as_traced,
        "in one order": executor.deterministic,
        "source": source.identity,
        "validation": None if validation is None else validation.digest,
    }
    text = json.dumps(parts, sort_keys=True, default=_described)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _rate(layer: keras.layers.Layer) -> float | None:
    rate: Any = getattr(layer, "rate", None)
    number = isinstance(rate, float | int | keras.Variable)
    return float(keras.ops.convert_to_numpy(rate + 0.0)) if number else None


def _compiled(model: keras.Model) -> Any:
    config = getattr(model, "_compile_config", None)
    if config is None:
        return None
    kept = ("loss", "loss_weights", "metrics", "weighted_metrics")
    return {k: config.config[k] for k in kept if k in config.config}


def _described(thing: Any) -> Any:
    # the default text of an object is an address, another one in every process
    if hasattr(thing, "get_config"):
        return [type(thing).__name__, thing.get_config()]
    return getattr(thing, "__qualname__", type(thing).__qualname__)
