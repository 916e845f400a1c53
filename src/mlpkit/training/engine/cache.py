"""Compiled loops, kept for models of the same architecture."""

import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import keras
import tensorflow as tf

from mlpkit.errors import UsageError
from mlpkit.training.engine.architecture import architecture
from mlpkit.training.engine.loop import Loop
from mlpkit.training.engine.numbers import inner_optimizer
from mlpkit.training.engine.plan import Plan
from mlpkit.training.engine.variables import run_time_values, variables_of

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
    shapes = [
        [(tuple(v.shape), v.dtype, v.trainable) for v in variables_of(m)]
        for m in (model, like)
    ]
    if shapes[0] != shapes[1]:
        msg = (
            "adopt: both models must have equal variables, they differ: "
            f"{len(shapes[0])} and {len(shapes[1])} variables"
        )
        raise UsageError(msg)
    _adopted[model] = architecture(model), _identity(like)


def loop_for(
    model: keras.Model, structure: Any, validation_structure: Any, plan: Plan
) -> Loop:
    """Return a loop for models of this architecture, traced if there is none yet."""
    key = (
        _identity(model),
        _specs(structure),
        _specs(validation_structure),
        plan,
    )
    with _lock:
        if key not in _loops:
            _loops[key] = Loop(model, structure, validation_structure, plan)
            _counted["loops"] += 1
            while len(_loops) > _MOST:
                _loops.popitem(last=False)
        _loops.move_to_end(key)
        return _loops[key]


def _identity(model: keras.Model) -> str:
    own = architecture(model)
    then, lender = _adopted.get(model, (None, None))
    return lender if lender is not None and then == own else own


def _specs(structure: Any) -> str:
    if structure is None:
        return ""
    return repr(keras.tree.map_structure(lambda s: (s.shape, s.dtype.name), structure))


class Lease:
    """The use of a loop by a model: its own, or one whose values are lent to it.

    Args:
        loop: From `loop_for`.
        model: The model to train.
    """

    def __init__(self, loop: Loop, model: keras.Model) -> None:
        self.loop = loop
        self._model = model
        own = [*variables_of(model), *run_time_values(model)]
        lent = [*loop.variables, *loop.settings]
        # a model that was compiled anew keeps its weights and has another optimizer
        pairs = zip(own, lent, strict=True)
        self._pairs = [(o, le) for o, le in pairs if o is not le]

    @property
    def iterations(self) -> int:
        """How many steps the loop's optimizer has behind it."""
        return int(inner_optimizer(self.loop.optimizer)._iterations.numpy())

    def push(self) -> None:
        """Give the loop the model's values."""
        self.loop.dropout.take_rates(self._model)
        for own, lent in self._pairs:
            lent.assign(tf.convert_to_tensor(own))

    def pull(self) -> None:
        """Give the model the loop's values."""
        for own, lent in self._pairs:
            own.assign(tf.convert_to_tensor(lent))

    @contextmanager
    def held(self) -> Iterator[None]:
        """A context in which the loop has this model's values and nobody else's."""
        with self.loop.lock:
            before = [tf.identity(tf.convert_to_tensor(v)) for _, v in self._pairs]
            self.push()
            try:
                yield
            finally:
                self.pull()
                for (_, lent), value in zip(self._pairs, before, strict=True):
                    lent.assign(value)
