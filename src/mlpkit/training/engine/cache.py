"""Compiled loops, kept for models of the same architecture."""

import gc
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from threading import RLock
from typing import Any

import keras

from mlpkit.errors import UsageError
from mlpkit.training.engine.architecture import architecture
from mlpkit.training.engine.free_widths import FreeWidths
from mlpkit.training.engine.loop import Loop
from mlpkit.training.engine.plan import Plan
from mlpkit.training.engine.variables import variables_of

_MOST = 32
_loops: "OrderedDict[Any, Loop]" = OrderedDict()
_adopted: "weakref.WeakKeyDictionary[keras.Model, tuple[str, str]]"
_adopted = weakref.WeakKeyDictionary()
_counted = {"loops": 0}
_lock = RLock()


def compilations() -> int:
    """Return how many loops were traced (and compiled) in this process so far."""
    return _counted["loops"]


def clear() -> None:
    """Forget all compiled loops, and the models and memory that they hold."""
    with _lock:
        _loops.clear()
        _adopted.clear()


def adopt(model: keras.Model, like: keras.Model) -> None:
    """Let a model train in the loops of another one, whose graph must be the same.

    Models whose configuration says all share loops of themselves. This is for those of
    which only their author knows, e.g. two objects of one subclass.

    Args:
        model: Compiled and built.
        like: Compiled and built.

    Raises:
        UsageError: Their variables differ in number, shape or type.
    """
    for own, other in zip_longest(variables_of(model), variables_of(like)):
        if _kind(own) != _kind(other):
            msg = "adopt: both models must have equal variables, the first that differ"
            raise UsageError(f"{msg}: {_told(own)} and, in like, {_told(other)}")
    _adopted[model] = architecture(model), _identity(like)


def _kind(variable: Any) -> Any:
    if variable is None:
        return None
    return tuple(variable.shape), variable.dtype, variable.trainable


def _told(variable: Any) -> str:
    if variable is None:
        return "none"
    shape, dtype, trainable = _kind(variable)
    frozen = "" if trainable else ", not trainable"
    return f"'{variable.path}' {shape} {dtype}{frozen}"


def loop_for(
    model: keras.Model, structure: Any, validation_structure: Any, plan: Plan
) -> Loop:
    """Return a loop for models of this architecture, traced if there is none yet."""
    free = None if model in _adopted or not plan.frees_widths else FreeWidths.of(model)
    key = (
        _identity(model, free),
        _specs(structure),
        _specs(validation_structure),
        plan,
    )
    with _lock:
        if key not in _loops:
            with _uncollected():
                _loops[key] = Loop(model, structure, validation_structure, plan, free)
            _counted["loops"] += 1
            while len(_loops) > _MOST:
                _loops.popitem(last=False)
        _loops.move_to_end(key)
        return _loops[key]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put Python's collector off: each look at all of TensorFlow's objects is 0.2 s."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _identity(model: keras.Model, free: FreeWidths | None = None) -> str:
    own = architecture(model, free)
    then, lender = _adopted.get(model, (None, None))
    return lender if lender is not None and then == own else own


def _specs(structure: Any) -> str:
    if structure is None:
        return ""
    return repr(keras.tree.map_structure(lambda s: (s.shape, s.dtype.name), structure))
