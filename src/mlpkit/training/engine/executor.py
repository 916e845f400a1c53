"""How TensorFlow runs a loop's graph: on the threads of its pool, or on one."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import keras
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.eager import context

from mlpkit.training.engine.plan import Plan

_MOST_PRODUCTS = 2**20
_ON_ONE_THREAD = "SINGLE_THREADED_EXECUTOR"
_BRANCHES = ("_body_graph", "_cond_graph", "_true_graph", "_false_graph")
_CALLS = ("Call", "Case", "Map", "PyFunc", "Dataset")
_alone = Lock()


@dataclass(frozen=True)
class Executor:
    """Settings of calls of a graph.

    They depend on the job and the machine, never on a measured time: products are
    rounded in other ways, and one seed must give the same bits again.

    Attributes:
        one_thread: Run operations one after the other, without rewriting the graph
            before. Handing them from thread to thread costs a small network more than
            it saves: with at most 2²⁰ multiplications in a step's largest product, a
            step took 0.45 to 0.9 of its time on two threads, and the first call a
            quarter. Larger products are for oneDNN, whose kernels TensorFlow uses only
            in graphs of several threads.
    """

    one_thread: bool = False

    @classmethod
    def of(cls, model: keras.Model, plan: Plan, graph: tf.Graph) -> "Executor":
        """Return what is fastest for a loop.

        Args:
            model: Compiled and built.
            plan: Of its loop.
            graph: Of its loop.
        """
        plain = not plan.block_steps and model._distribute_strategy is None
        if not plain or len(tf.config.list_logical_devices()) > 1:
            return cls()
        largest = max((math.prod(v.shape) for v in model.weights), default=0)
        small = plan.batch_size * largest <= _MOST_PRODUCTS
        # each loop or branch waits in a thread of the pool for the one inside it
        return cls(small and _is_known(model) and depth(graph) <= pool_threads())

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """A context in which this thread calls a graph so.

        Graphs on one thread are called one at a time: each holds threads of the pool
        while it waits for more of them, and two could wait for each other for ever.
        """
        if not self.one_thread:
            yield
            return
        here = context.context()
        before = here.function_call_options
        config = config_pb2.ConfigProto.FromString(before.config_proto_serialized)
        config.experimental.executor_type = _ON_ONE_THREAD  # loops stay functions
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        with _alone:
            here.function_call_options = context.FunctionCallOptions(
                _ON_ONE_THREAD, config
            )
            try:
                yield
            finally:
                here.function_call_options = before


def pool_threads() -> int:
    """Return how many threads TensorFlow's pool has, as it counts them itself."""
    given = tf.config.threading.get_inter_op_parallelism_threads()
    told = os.environ.get("TF_NUM_INTEROP_THREADS", "")
    told_threads = int(told) if told.isdigit() else 0
    return given or told_threads or len(os.sched_getaffinity(0))


def depth(graph: tf.Graph) -> float:
    """Return how deep loops and branches stand in each other; infinite if unknown."""
    deepest = 0.0
    for operation in graph.get_operations():
        if any(kind in operation.type for kind in _CALLS):
            return math.inf
        inner = [getattr(operation, name, None) for name in _BRANCHES]
        graphs = [g for g in inner if g is not None]
        if not graphs and operation.type.endswith(("While", "If")):
            return math.inf
        deepest = max(deepest, *(1 + depth(g) for g in graphs), 0)
    return deepest


def _is_known(model: keras.Model) -> bool:
    """Whether all that the graph is made of is Keras' or this package's."""
    parts: tuple[Any, ...] = (model, model.optimizer, *model._flatten_layers())
    return all(
        type(part).__module__.partition(".")[0] in {"keras", "mlpkit"} for part in parts
    )
