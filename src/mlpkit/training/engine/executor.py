"""How TensorFlow runs a loop's graph: on how many threads, rewritten first or not."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.eager import context

from mlpkit.training.engine.plan import Plan

_MOST_PRODUCTS = 2**20
_ON_ONE_THREAD = "SINGLE_THREADED_EXECUTOR"


@dataclass(frozen=True)
class Executor:
    """Settings of calls of a graph; XLA's blocks keep TensorFlow's own.

    They depend on the job alone, never on a measured time: products are rounded in
    other ways, and one seed must give the same bits again.

    Attributes:
        one_thread: Run operations one after the other, in the calling thread. Handing
            them over costs a small network more than it saves: with at most 2²⁰
            multiplications in a step's largest product, one thread was 1.1 to 2.2 times
            as fast as two. Larger products are for oneDNN, whose kernels TensorFlow
            uses only in graphs of several threads.
        rewrite: Let Grappler rewrite the graph before its first call. It takes 0.1 to
            0.4 s and saves a tenth of a step, which trainings too short for XLA do not
            get back.
    """

    one_thread: bool = False
    rewrite: bool = True

    @classmethod
    def of(cls, model: keras.Model, plan: Plan) -> "Executor":
        """Return what is fastest for a training.

        Args:
            model: Compiled and built.
            plan: Of its loop.
        """
        plain = not plan.block_steps and model._distribute_strategy is None
        # strangers' code may hold operations that need several threads
        if not plain or not _is_known(model) or tf.config.list_logical_devices("GPU"):
            return cls()
        largest = max((math.prod(v.shape) for v in model.weights), default=0)
        return cls(plan.batch_size * largest <= _MOST_PRODUCTS, rewrite=False)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """A context in which this thread calls graphs so."""
        here = context.context()
        before = here.function_call_options
        config = config_pb2.ConfigProto.FromString(before.config_proto_serialized)
        kind = _ON_ONE_THREAD if self.one_thread else before.executor_type
        if self.one_thread:
            config.experimental.executor_type = kind  # loops stay calls of functions
        if not self.rewrite:
            config.graph_options.rewrite_options.disable_meta_optimizer = True
        here.function_call_options = context.FunctionCallOptions(kind, config)
        try:
            yield
        finally:
            here.function_call_options = before


def _is_known(model: keras.Model) -> bool:
    """Whether all that the graph is made of is Keras' or this package's."""
    parts = (model, model.optimizer, *model._flatten_layers())
    return all(
        type(part).__module__.partition(".")[0] in {"keras", "mlpkit"} for part in parts
    )
