"""How TensorFlow runs a loop's graph: on several threads, or in sequence; exactly."""

import math
import os
from collections.abc import Iterator
from contextlib import (
    AbstractContextManager,
    ExitStack,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass
from threading import Condition
from typing import Any

import keras
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.eager import context

from mlpkit.training.engine.determinism import deterministic_operations
from mlpkit.training.engine.plan import Plan
from mlpkit.training.engine.rule import between_products

_MOST_PRODUCTS = 2**20
_MOST_PRODUCTS_AT_ALL = 1.5e9  # and as many for each layer between the products
_MOST_COMPILED_STEPS = 2**13
_KNOWN = ("keras.", "mlpkit.")
_IN_SEQUENCE = "SINGLE_THREADED_EXECUTOR"
_BRANCHES = ("_body_graph", "_cond_graph", "_true_graph", "_false_graph")
_MAY_WAIT = ("PyFunc", "Queue", "Barrier", "Iterator", "Recv", "Collective")
_free = Condition()
_taken = 0


@dataclass(frozen=True)
class Executor:
    """Settings of calls of a graph.

    They depend on the job and the machine, never on a measured time: products are
    rounded in other ways, and one seed must give the same bits again.

    Attributes:
        waiting: Loops and branches that wait for each other in threads of the pool,
            where operations run one after the other and the graph is not rewritten;
            0: TensorFlow's own way. Handing operations from thread to thread costs a
            small network more than it saves: see `benchmarks/executor.py`.
        deterministic: Whether a GPU is to give the same bits again, which costs small
            networks up to a quarter and wide ones more; a CPU always does.
        as_traced: Whether several threads, too, run the graph without rewriting it.
            Of a loop that XLA compiles that saves 0.3 to 0.7 s at first, and costs up
            to 5 % of each step: the last batch of an epoch and the validation.
    """

    waiting: int = 0
    deterministic: bool = False
    as_traced: bool = False

    @classmethod
    def of(
        cls, model: keras.Model, plan: Plan, deep: float, steps: float = math.inf
    ) -> "Executor":
        """Return what is fastest for a loop.

        The products of a batch and a weight count, up to 2²⁰ multiplications: larger
        ones are for oneDNN, whose kernels TensorFlow uses only in its own way. That
        way costs up to 0.7 s first, which few steps do not bring back.

        Args:
            model: Compiled and built.
            plan: Of its loop.
            deep: Its `depth`.
            steps: That the training is likely to take.
        """
        devices = len(tf.config.list_logical_devices())
        exact = _is_exact(model, plan)
        alone = model._distribute_strategy is None and devices == 1
        if not alone or not _is_known(model):
            return cls(deterministic=exact)
        if plan.block_steps:
            return cls(deterministic=exact, as_traced=steps <= _MOST_COMPILED_STEPS)
        rank = 2 if plan.members is None else 3
        flat = all(len(x.shape) <= rank for x in _inputs(model))
        sizes = [math.prod(v.shape) for v in model.weights]
        small = plan.batch_size * max(sizes, default=0) <= _MOST_PRODUCTS
        between = between_products(model)
        products = plan.batch_size * sum(sizes) * _views(model, plan)
        few = steps * products <= _MOST_PRODUCTS_AT_ALL * (1 + len(between))
        # each loop or branch waits in a thread of the pool for the one inside it
        possible = flat and (small or few) and deep <= pool_threads()
        return cls(max(1, int(deep)) if possible else 0, exact)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """A context in which this thread calls a graph so.

        Together such calls never hold more threads than the pool has: else they could
        wait for each other for ever.
        """
        with ExitStack() as stack:
            if self.deterministic:
                stack.enter_context(deterministic_operations())
            if self.waiting:
                stack.enter_context(_threads(self.waiting))
                stack.enter_context(_not_rewritten(_IN_SEQUENCE))
            elif self.as_traced:
                stack.enter_context(_not_rewritten(None))
            yield


@contextmanager
def _not_rewritten(executor: str | None) -> Iterator[None]:
    """A context of graphs as they were traced, by TensorFlow's executor of a name."""
    here = context.context()
    before = here.function_call_options
    config = config_pb2.ConfigProto.FromString(before.config_proto_serialized)
    if executor is not None:
        config.experimental.executor_type = executor  # loops stay functions
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    try:
        here.function_call_options = context.FunctionCallOptions(executor, config)
        yield
    finally:
        here.function_call_options = before


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """A context that holds so many threads of the pool."""
    global _taken
    with _free:
        _free.wait_for(lambda: _taken == 0 or _taken + count <= pool_threads())
        _taken += count
    try:
        yield
    finally:
        with _free:
            _taken -= count
            _free.notify_all()


def exactly(model: keras.Model, plan: Plan) -> AbstractContextManager[None]:
    """Return the context in which a loop is traced, by what it is to be called with."""
    exact = _is_exact(model, plan)
    return deterministic_operations() if exact else nullcontext()


def pool_threads() -> int:
    """Return how many threads TensorFlow's pool has at least; 0 if that is not known.

    TensorFlow counts them once, at its start, which may come after this import or have
    come before it: the lesser of what could be told then and now.
    """
    return min(_AT_IMPORT, _threads_told())


def _threads_told() -> int:
    """By TensorFlow's settings, its variable, or the cores."""
    given = int(tf.config.threading.get_inter_op_parallelism_threads())
    told = os.environ.get("TF_NUM_INTEROP_THREADS", "0")
    if given or told != "0":
        return given or (int(told) if told.isdecimal() else 0)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0


def depth(graph: tf.Graph) -> float:
    """Return how deep loops and branches stand in each other; infinite if unknown."""
    deepest = 0.0
    for operation in graph.get_operations():
        inner = [getattr(operation, name, None) for name in _BRANCHES]
        graphs = [g for g in inner if g is not None]
        if not graphs and _waits(operation):
            return math.inf
        deepest = max(deepest, *(1 + depth(g) for g in graphs), 0)
    return deepest


_waiting_kinds: dict[str, bool] = {}  # an operation's definition is slow to ask for


def _waits(operation: tf.Operation) -> bool:
    """Whether an operation calls functions, or may wait for something else."""
    kind = operation.type
    if kind not in _waiting_kinds:
        calls = any("func" in a.type for a in operation.op_def.attr)
        _waiting_kinds[kind] = calls or any(part in kind for part in _MAY_WAIT)
    return _waiting_kinds[kind]


def _views(model: keras.Model, plan: Plan) -> int:
    """How many networks multiply a batch by the same weights."""
    shape = getattr(getattr(model, "output", None), "shape", None)
    if plan.members is not None or not shape:
        return 1
    return math.prod(n or 1 for n in shape[:-1])


def _inputs(model: keras.Model) -> list[Any]:
    return getattr(model, "inputs", None) or []  # unknown of a subclass


def _is_exact(model: keras.Model, plan: Plan) -> bool:
    """Whether operations add up in one order.

    A stranger's may have no such form, or draw numbers without a seed.
    """
    if not plan.deterministic or not _is_known(model):
        return False
    if any(type(la) is keras.layers.Lambda for la in model._flatten_layers()):
        return False
    config = getattr(model, "_compile_config", None)
    losses = keras.tree.flatten((config.config if config else {}).get("loss"))
    given = [f for f in losses if hasattr(f, "__module__")]  # others are names
    return all(f.__module__.startswith(_KNOWN) for f in given)


def _is_known(model: keras.Model) -> bool:
    """Whether model, layers and optimizer are Keras' or this package's."""
    parts = (model, model.optimizer, *model._flatten_layers())
    return all(f"{type(part).__module__}.".startswith(_KNOWN) for part in parts)


_AT_IMPORT = _threads_told()
