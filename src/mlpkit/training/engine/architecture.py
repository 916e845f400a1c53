"""What two models must have in common to share a compiled loop."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from mlpkit.components.optimizers.run_time_values import RunTimeValue
from mlpkit.training.engine.numbers import StepNumbers

_KNOWN = ("keras.", "mlpkit.")
_RUN_TIME_SETTINGS = {"optimizer", "jit_compile", "steps_per_execution", "run_eagerly"}


def architecture(model: keras.Model) -> str:
    """Return a digest that is equal for models of equal graphs.

    Names, seeds, initializers and the numbers that a loop takes at run time do not
    count. An object whose configuration cannot be trusted to tell all (a function, a
    class that is not registered with Keras, a model with code of its own) counts as
    itself: such a model shares a loop with itself only.
    """
    names = {layer.name: f"#{i}" for i, layer in enumerate(model._flatten_layers())}
    functional = type(model).__name__ in {"Functional", "Sequential"}
    known = functional and type(model).__module__.startswith("keras.")
    parts = {
        "model": _normal(model.get_config(), names) if known else id(model),
        "outputs": getattr(model, "output_names", []) if known else [],
        "variables": [(str(v.shape), v.dtype, v.trainable) for v in model.variables],
        "strangers": [id(o) for layer in model._flatten_layers() for o in _own(layer)],
        "optimizer": _optimizer(model),
        "compiled": _compiled(model, names),
        "strategy": id(model.distribute_strategy) if model._distribute_strategy else 0,
    }
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _normal(value: Any, names: Mapping[str, str], key: str = "") -> Any:
    """The configuration without what does not change the graph."""
    if isinstance(value, Mapping):
        kept = {
            k: v
            for k, v in value.items()
            if not (k in {"seed", "build_config"} or k.endswith("initializer"))
        }
        if value.get("class_name") == "Dropout":
            settings = dict(kept["config"])
            kept["drops"] = 0 < settings.pop("rate") < 1
            kept["config"] = settings
        return {k: _normal(v, names, k) for k, v in kept.items()}
    if isinstance(value, list | tuple):
        return [_normal(v, names) for v in value]
    return names.get(value, value) if isinstance(value, str) else value


def _own(layer: Any) -> Iterator[Any]:
    """The layer, if its class is a stranger's, and functions that it holds."""
    if not is_known(layer):
        yield layer
    for value in vars(layer).values():
        if callable(value) and hasattr(value, "__code__") and not is_known(value):
            yield value


def is_known(thing: Any) -> bool:
    """Tell whether a thing's configuration says all: Keras', ours, or registered."""
    kind = thing if hasattr(thing, "__code__") else type(thing)
    if isinstance(thing, keras.Model):
        return type(thing).__module__.startswith(_KNOWN)
    registered = isinstance(kind, type) and ">" in keras.saving.get_registered_name(
        kind
    )
    return registered or f"{kind.__module__}.".startswith(_KNOWN)


def _optimizer(model: keras.Model) -> Any:
    outer = model.optimizer
    optimizer = getattr(outer, "inner_optimizer", outer)
    if optimizer is None:
        return None
    config = dict(optimizer.get_config())
    config.pop("name", None)
    config["learning_rate"] = StepNumbers(model).names
    for name in config:
        if isinstance(getattr(type(optimizer), name, None), RunTimeValue):
            config[name] = config[name] is not None
    stranger = 0 if is_known(optimizer) else id(optimizer)
    kinds = [type(outer).__name__, type(optimizer).__name__]
    state = [str(v.shape) for v in outer.variables]
    return [kinds, config, stranger, state, bool(callable(optimizer._learning_rate))]


def _compiled(model: keras.Model, names: Mapping[str, str]) -> Any:
    """Loss, weights and metrics."""
    config = getattr(model, "_compile_config", None)
    if config is None:
        return id(model)
    found = []
    for key, value in config.config.items():
        if key in _RUN_TIME_SETTINGS:
            continue
        found += [(key, _described(t, names)) for t in keras.tree.flatten(value)]
        found.append((key, str(keras.tree.map_structure(lambda _: 0, value))))
    return found


def _described(thing: Any, names: Mapping[str, str]) -> Any:
    if thing is None or isinstance(thing, str | int | float | bool):
        return thing
    if not is_known(thing) or hasattr(thing, "__code__"):
        return id(thing)
    return _normal(keras.saving.serialize_keras_object(thing), names)
