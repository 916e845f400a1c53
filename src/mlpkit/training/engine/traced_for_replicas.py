"""What Keras' objects do otherwise while a step is traced for several replicas."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import local
from typing import Any

import keras
import tensorflow as tf

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.replicas import dense_and_wide
from mlpkit.components.replica_seed import (
    ReplicaSeedGenerator,
    seed_of_replica,
)
from mlpkit.training.engine.numbers import inner_optimizer
from mlpkit.training.engine.replica_checks import check_weighted
from mlpkit.training.engine.share import Share


class Tracing(local):
    """The share that is being traced; each replica is traced in a thread of its own."""

    share: Share


@contextmanager
def traced_for_replicas(model: keras.Model) -> Iterator[Tracing]:
    """A context in which a model's step does on replicas what it does on one device.

    Losses are multiplied by the share's factor. Layers draw other random numbers on
    every replica, where Keras' draw the same. Keras' optimizers add up the gradients
    after they have clipped them and after they have looked for infinite ones: here they
    get the sum (see `summed`).

    Args:
        model: Compiled and built.
    """
    tracing = Tracing()
    optimizer = model.optimizer
    inner = inner_optimizer(optimizer)
    with ExitStack() as stack:
        if model._compile_loss is not None:
            losses = [
                entry._replace(loss=_scaled(entry.loss, tracing))
                for entry in model._compile_loss._flat_losses
            ]
            stack.enter_context(_replaced(model._compile_loss, "_flat_losses", losses))
        for generator in seed_generators(model):
            stack.enter_context(_replaced(generator, "next", _own_seeds(generator)))
        if not isinstance(inner, ComponentOptimizer):
            name = "_all_reduce_sum_gradients"
            stack.enter_context(_replaced(inner, name, lambda pairs: pairs))
        if inner is not optimizer:
            check = _finite_everywhere(optimizer.check_finite)
            stack.enter_context(_replaced(optimizer, "check_finite", check))
        yield tracing


def summed(optimizer: Any, gradients: list[Any], weights: list[Any]) -> list[Any]:
    """Return all replicas' gradients; an optimizer of ours does that by itself.

    Sparse ones become dense: replicas with different rows cannot gather them.
    """
    inner = inner_optimizer(optimizer)
    if isinstance(inner, ComponentOptimizer):
        return gradients
    dense = map(dense_and_wide, gradients, weights)
    known = [g for g in dense if g is not None]
    context = tf.distribute.get_replica_context()
    every = iter(context.all_reduce(tf.distribute.ReduceOp.SUM, known))
    return [None if g is None else next(every) for g in gradients]


def seed_generators(model: keras.Model) -> list[keras.random.SeedGenerator]:
    """Return the generators of all layers that draw the same on every replica."""
    found = {
        id(generator): generator
        for layer in model._flatten_layers()
        for generator in layer._seed_generators
        if not isinstance(generator, ReplicaSeedGenerator)
    }
    return list(found.values())


def _own_seeds(generator: keras.random.SeedGenerator) -> Callable[..., Any]:
    # the state is mirrored; only what is drawn from it may differ
    shared = generator.next
    return lambda ordered=True: seed_of_replica(shared(ordered))


def _scaled(loss: Any, tracing: Tracing) -> Callable[..., Any]:
    def scaled(y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        value = loss(y_true, y_pred, sample_weight)
        factor = tracing.share.factor
        if _is_a_number(loss, y_true, y_pred):
            check_weighted(loss, sample_weight)
            # Keras has not divided this one by the replicas
            factor = factor / tracing.share.replicas
        elif loss.reduction == "mean_with_sample_weight" and sample_weight is not None:
            context = tf.distribute.get_replica_context()
            own = tf.reduce_sum(tf.cast(sample_weight, tf.float32))
            every = context.all_reduce(tf.distribute.ReduceOp.MEAN, own)
            factor = tf.math.divide_no_nan(own, every)
        return value * tf.cast(factor, value.dtype)

    return scaled


def _is_a_number(loss: Any, y_true: Any, y_pred: Any) -> bool:
    """Whether a loss gives one number for all rows; it should be their mean."""

    def converted(parts: Any) -> Any:
        return keras.tree.map_structure(
            lambda t: keras.ops.convert_to_tensor(t, loss.dtype), parts
        )

    # a second time, but nothing takes the result: it is left out of the graph
    return loss.call(converted(y_true), converted(y_pred)).shape.rank == 0


def _finite_everywhere(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def everywhere(gradients: Any) -> Any:
        bad = tf.cast(tf.logical_not(check(gradients)), tf.float32)
        context = tf.distribute.get_replica_context()
        return tf.equal(context.all_reduce(tf.distribute.ReduceOp.SUM, bad), 0.0)

    return everywhere


@contextmanager
def _replaced(thing: Any, name: str, value: Any) -> Iterator[None]:
    """A context in which an object has another attribute; Keras does not track it."""
    attributes = vars(thing)
    missing = name not in attributes
    before = attributes.get(name)
    attributes[name] = value
    try:
        yield
    finally:
        if missing:
            del attributes[name]
        else:
            attributes[name] = before
