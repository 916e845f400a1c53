"""Several processes that train one model: what they agree on, what only one does."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import tensorflow as tf

from mlpkit.errors import WorkerError

_LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
)


def is_multi_worker(strategy: tf.distribute.Strategy) -> bool:
    """Tell whether other processes take part in the strategy."""
    return (
        isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)
        and strategy.extended._in_multi_worker_mode()
    )


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Tell whether this process writes files and shows the progress."""
    return bool(strategy.extended.should_checkpoint)


def of_the_chief(strategy: tf.distribute.Strategy, number: float) -> float:
    """Return the chief's number in every process; all must call this together."""
    return _sum(strategy, number if is_chief(strategy) else 0.0)


def _sum(strategy: tf.distribute.Strategy, number: float) -> float:
    """The sum over processes."""
    if not is_multi_worker(strategy):
        return number
    with workers_needed(strategy):
        found = _summing(strategy)(tf.constant(number, tf.float64))
        return float(found[0].numpy()) / len(found)


@cache
def _summing(strategy: tf.distribute.Strategy) -> Callable[[tf.Tensor], Any]:
    def on_one(number: tf.Tensor) -> tf.Tensor:
        context = tf.distribute.get_replica_context()
        return context.all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(number))

    def on_all(number: tf.Tensor) -> Any:
        return strategy.experimental_local_results(strategy.run(on_one, (number,)))

    return tf.function(on_all, autograph=False)


def agree(strategy: tf.distribute.Strategy, text: str, what: str) -> None:
    """Compare a text with the chief's; all processes must call this together.

    Raises:
        WorkerError: It differs, in every process.
    """
    digest = hashlib.blake2b(text.encode(), digest_size=6).digest()
    own = int.from_bytes(digest)  # 48 bits, exact in float64
    other = float(own != of_the_chief(strategy, float(own)))
    if _sum(strategy, other):
        msg = (
            f"training.strategy 'multi_worker': all workers must have the same {what}, "
            f"this one {'differs from' if other else 'is as'} the chief's; start all "
            "of them with the same command and files"
        )
        raise WorkerError(msg)


@contextmanager
def workers_needed(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """A context that says so if another process is gone.

    Raises:
        WorkerError: It is.
    """
    try:
        yield
    except _LOST as error:
        if not is_multi_worker(strategy):
            raise
        msg = (
            "training.strategy 'multi_worker': all workers must run until the end, "
            f"one of them is gone ({type(error).__name__}); start all of them again "
            "with the same command: the training goes on from its checkpoint"
        )
        raise WorkerError(msg) from error
