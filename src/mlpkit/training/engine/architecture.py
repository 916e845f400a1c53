"""What two models must have in common to share a compiled loop."""

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
import tensorflow as tf

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.run_time_values import RunTimeValue
from mlpkit.components.optimizers.weight_decay import decays
from mlpkit.training.engine.free_widths import FreeWidths
from mlpkit.training.engine.numbers import StepNumbers, inner_optimizer
from mlpkit.training.engine.variables import run_time_values

_KNOWN = ("keras.", "mlpkit.")
_NAMES = {"name", "keras_history", "input_layers", "output_layers"}
_RUN_TIME_SETTINGS = {"optimizer", "jit_compile", "steps_per_execution", "run_eagerly"}
_numbers: "WeakKeyDictionary[Any, int]" = WeakKeyDictionary()
_counter = itertools.count(1)


def architecture(model: keras.Model, free: FreeWidths | None = None) -> str:
    """Return a digest that is equal for models of equal graphs.

    Names, seeds, initializers and the numbers that a loop takes at run time do not
    count. An object whose configuration cannot be trusted to tell all (a function, a
    class that is not registered with Keras, a model with code of its own) counts as
    itself: such a model shares a loop with itself only. Constants that layers hold
    count by their values.

    Args:
        model: Compiled and built.
        free: Its widths that do not count either.
    """
    names = {layer.name: f"#{i}" for i, layer in enumerate(model._flatten_layers())}
    outputs = getattr(model, "output_names", [])
    parts = {
        "model": _network(model, names, free),
        "outputs": outputs if len(outputs) > 1 else [],  # one has no name in the logs
        "variables": [
            (str(_shape(v, free)), v.dtype, v.trainable, _described(v.regularizer))
            for v in model.variables
        ],
        "strangers": [list(_own(layer)) for layer in model._flatten_layers()],
        "optimizer": _optimizer(model, free),
        "compiled": _compiled(model),
        "strategy": id(model.distribute_strategy) if model._distribute_strategy else 0,
    }
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def normal_config(model: keras.Model) -> Any:
    """Return a model's configuration without names, seeds and initializers.

    For a model with code of its own, the name of its class.
    """
    names = {layer.name: f"#{i}" for i, layer in enumerate(model._flatten_layers())}
    found = _network(model, names)
    return type(model).__qualname__ if isinstance(found, int) else found


def _shape(variable: Any, free: FreeWidths | None) -> Any:
    return tuple(variable.shape) if free is None else free.shape(variable)


def _network(
    model: keras.Model, names: Mapping[str, str], free: FreeWidths | None = None
) -> Any:
    functional = type(model).__name__ in {"Functional", "Sequential"}
    if not (functional and type(model).__module__.startswith("keras.")):
        return _number(model)
    try:
        config = model.get_config()
        return _normal(config if free is None else free.config(config), names)
    except Exception:  # noqa: BLE001 - a stranger's layer may fail to tell in any way
        return _number(model)


def _normal(value: Any, names: Mapping[str, str], *, named: bool = False) -> Any:
    """The configuration without what does not change the graph."""
    if isinstance(value, Mapping):
        kept = {
            k: v
            for k, v in value.items()
            if not (k in {"seed", "build_config"} or k.endswith("initializer"))
        }
        if _drops_at_a_run_time_rate(value):
            settings = dict(kept["config"])
            kept["drops"] = 0 < settings.pop("rate") < 1
            kept["config"] = settings
        return {
            k: _normal(v, names, named=named or k in _NAMES) for k, v in kept.items()
        }
    if isinstance(value, list | tuple):
        return [_normal(v, names, named=named) for v in value]
    # elsewhere the text is an activation, say, even if a layer is called like it
    return names.get(value, value) if named and isinstance(value, str) else value


def _drops_at_a_run_time_rate(value: Mapping[str, Any]) -> bool:
    """Whether this is the configuration of a layer that `RunTimeDropout` replaces."""
    return (
        value.get("class_name") == "Dropout"
        and str(value.get("module")).startswith(_KNOWN)
        and value["config"].get("noise_shape") is None
    )


def _own(thing: Any) -> Iterator[Any]:
    """What an object has that its configuration does not tell."""
    if not is_known(thing) or _looks_up(thing):
        yield _number(thing)
    elif not f"{type(thing).__module__}.".startswith(_KNOWN):
        # defined anew, in a notebook, a class has the name of the one before
        yield _number(type(thing))
    for value in vars(thing).values():
        if callable(value) and hasattr(value, "__code__"):
            if not is_known(value):
                yield _number(value)
        elif isinstance(
            value, keras.regularizers.Regularizer | keras.constraints.Constraint
        ):
            yield from _own(value)
        elif isinstance(value, np.ndarray | tf.__internal__.EagerTensor):
            array = np.asarray(value)
            whole = array.tobytes() if array.dtype != object else repr(array).encode()
            yield hashlib.blake2b(whole, digest_size=16).hexdigest()


def _looks_up(thing: Any) -> bool:
    """Whether a layer has learned a table, which only it can tell."""
    return hasattr(thing, "adapt") and not isinstance(thing, keras.layers.Normalization)


def _number(thing: Any) -> int:
    """A number that no other object of this process has, nor ever will."""
    try:
        return _numbers.setdefault(thing, next(_counter))
    except TypeError:  # it cannot be a key; a loop keeps it, and so its id, alive
        return id(thing)


def is_known(thing: Any) -> bool:
    """Tell whether a thing's configuration says all: Keras', ours, or registered."""
    kind = thing if hasattr(thing, "__code__") else type(thing)
    if isinstance(thing, keras.Model):
        return type(thing).__module__.startswith(_KNOWN)
    registered = isinstance(kind, type) and ">" in keras.saving.get_registered_name(
        kind
    )
    return registered or f"{kind.__module__}.".startswith(_KNOWN)


def _optimizer(model: keras.Model, free: FreeWidths | None) -> Any:
    outer = model.optimizer
    optimizer = inner_optimizer(outer)
    config = dict(optimizer.get_config())
    config.pop("name", None)
    config["learning_rate"] = StepNumbers(model).names
    for name in config:
        if isinstance(getattr(type(optimizer), name, None), RunTimeValue):
            config[name] = config[name] is not None
    kinds = [type(outer).__name__, type(optimizer).__name__]
    state = [str(_shape(v, free)) for v in outer.variables]
    growth = getattr(outer, "dynamic_growth_steps", None)
    return [kinds, config, list(_own(optimizer)), state, growth, _decayed(model)]


def _decayed(model: keras.Model) -> list[bool]:
    """Which weights decay: the optimizer finds them by names, which do not count."""
    optimizer = inner_optimizer(model.optimizer)
    weights = model.trainable_variables
    if isinstance(optimizer, ComponentOptimizer):
        return [decays(v, optimizer.weight_decay_exclude) for v in weights]
    return [optimizer._use_weight_decay(v) for v in weights]


def _compiled(model: keras.Model) -> Any:
    """Loss, weights and metrics."""
    config = getattr(model, "_compile_config", None)
    if config is None:
        return _number(model)
    found = []
    for key, value in config.config.items():
        if key in _RUN_TIME_SETTINGS:
            continue
        found += [(key, _described(t)) for t in keras.tree.flatten(value)]
        found.append((key, str(keras.tree.map_structure(lambda _: 0, value))))
    lent = [id(variable) for variable in run_time_values(model)]
    found.append(("lent", [lent.index(i) for i in lent]))  # which are one object
    return found


def _described(thing: Any) -> Any:
    if thing is None or isinstance(thing, str | int | float | bool):
        return thing
    if not is_known(thing) or hasattr(thing, "__code__"):
        return _number(thing)
    config = keras.saving.serialize_keras_object(thing)
    for name in getattr(thing, "run_time_values", ()):
        del config["config"][name]
    return [_normal(config, {}), list(_own(thing))]
