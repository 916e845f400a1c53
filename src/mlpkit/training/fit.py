"""`fit`: the one function through which every network is trained."""

import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import keras

from mlpkit.errors import DataError, UsageError, suggest
from mlpkit.preprocessing import RowStream
from mlpkit.training.callbacks import Progress
from mlpkit.training.compiled_loop import (
    CannotCompile,
    run_compiled_loop,
)
from mlpkit.training.course import Course
from mlpkit.training.engine.numbers import FACTORS
from mlpkit.training.keras_loop import run_keras_loop
from mlpkit.training.monitor import Monitor
from mlpkit.training.rows import Rows, check_against_model, split_off
from mlpkit.training.source import InMemory, Source, Streamed

_EVALUATION_ROWS = 4096


def batch_size_for(rows: int) -> int:
    """Return the batch size for a number of rows.

    References: pytabkit's "auto" rule for RealMLP, one step lower below 512 rows.

    >>> [batch_size_for(n) for n in (200, 1_000, 5_000, 20_000, 90_000, 10**6)]
    [32, 64, 128, 256, 512, 1024]
    """
    limits = ((512, 32), (1024, 64), (8192, 128), (30_000, 256), (100_000, 512))
    return next((size for limit, size in limits if rows <= limit), 1024)


def fit(  # noqa: PLR0913 - the arguments of Model.fit
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: Literal["auto", 0, 1, 2] = "auto",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    validation_split: float = 0.0,
    validation_data: tuple[Any, ...] | None = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int | Sequence[int] = 1,
    patience: int | None = None,
    monitor: str = "val_loss",
    mode: Literal["auto", "min", "max"] = "auto",
    restore_best_weights: bool = True,
    jit_compile: bool | Literal["auto"] = "auto",
    schedules: Mapping[str, Any] | None = None,
    checkpoint: str | Path | None = None,
    checkpoint_seconds: float = 10.0,
    seed: int = 1,
) -> keras.callbacks.History:
    """Train a compiled Keras model; arguments and result as ``Model.fit``.

    Whole epochs run as one graph, many times faster than Keras' loop on small networks.
    The rows' order comes from ``(seed, epoch)`` alone, so that one seed gives the same
    weights again. Callbacks are called after every epoch; those for batches at the end
    of a block of them. With validation data the weights of the best epoch are restored,
    and so they are after Ctrl-C, which ends the training and keeps what was learned.

    Args:
        model: Compiled; of any kind.
        x: Features, ``(rows, …)``, or a dict or tuple of such arrays; or a `RowStream`,
            which brings targets, weights, batch size and seed along.
        y: Targets, likewise; None where the model needs none.
        batch_size: Rows per step; by the number of rows if left.
        epochs: Number of the last epoch, >= 1.
        verbose: 0 is silent, 1 shows the progress, "auto" does so on a terminal.
        callbacks: Keras callbacks.
        validation_split: Fraction of the rows, the last ones, to validate on.
        validation_data: ``(x, y)`` or ``(x, y, sample_weight)``.
        shuffle: False takes the rows as they come.
        class_weight: Class index → weight; multiplied into the sample weights.
        sample_weight: Weight of each row, ``(rows,)``, >= 0.
        initial_epoch: Epoch to start from.
        steps_per_epoch: Steps per epoch, which goes on where the last one ended; once
            through the rows if left.
        validation_steps: Evaluate on the first so many batches only.
        validation_batch_size: Rows per evaluation step.
        validation_freq: Epochs from one evaluation to the next, or a list of epochs.
        patience: Stop after so many epochs without a better value.
        monitor: The logged value that is compared.
        mode: Whether lower ("min") or higher is better; "auto": by the metric.
        restore_best_weights: End with the weights of the best epoch, the last of equal
            ones, where there is a validation; else with the last weights.
        jit_compile: Use XLA; "auto" where the training is long enough to pay for it.
        schedules: "dropout" or "weight_decay" (of this package's optimizers) → schedule
            of a factor for it, e.g. ``mlpkit.schedules.FlatCosine``.
        checkpoint: File that holds the whole state. A training that was killed goes on
            from it when called again, to the same bits as if it had not been.
        checkpoint_seconds: Least time between two writings of it; each follows the end
            of an epoch.
        seed: Of the rows' order.

    Returns:
        Keras' History, which also tells ``best_epoch``, ``interrupted``, ``divergence``
        (where the loss became NaN) and ``engine`` ("xla", "graph" or "keras").

    Raises:
        UsageError: The model is not compiled, or an argument is out of range.
        DataError: Inputs of different lengths, empty, or not finite.

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = keras.ops.ones((8, 1))
    >>> len(fit(model, x, 2 * x, epochs=3).history["loss"])
    3
    """
    check_compiled(model)
    _check_schedules(schedules or {})
    _check_counts(epochs=epochs, batch_size=batch_size, patience=patience)
    source: Source
    if isinstance(x, RowStream):
        _check_stream(
            y=y,
            batch_size=batch_size,
            validation_split=validation_split or None,
            sample_weight=sample_weight,
            class_weight=class_weight,
            steps_per_epoch=steps_per_epoch,
        )
        source = Streamed(x)
        example = Rows.of(*x.example())
    else:
        data = (x, y, sample_weight)
        if validation_split and validation_data is None:
            data, validation_data = split_off(data, validation_split)
        example = rows = Rows.of(*data, class_weight=class_weight)
        check_against_model(model, rows)
        size = _batch_size(model, batch_size, rows.count)
        source = InMemory(rows, size, seed, shuffle=shuffle, steps=steps_per_epoch)
    validation = _validation(validation_data)
    evaluated = validation_batch_size or _EVALUATION_ROWS
    if validation is not None and validation_steps is not None:
        validation = validation.first(validation_steps * evaluated)
    build(model, example)
    course = Course(
        epochs=epochs,
        initial_epoch=initial_epoch,
        validation=validation,
        validation_freq=validation_freq,
        validation_batch_size=evaluated,
        monitor=None if validation is None else Monitor.of(model, monitor, mode),
        patience=patience,
        restore_best_weights=restore_best_weights,
        schedules={n: (schedules or {})[n] for n in FACTORS if n in (schedules or {})},
        checkpoint=None if checkpoint is None else Path(checkpoint),
        checkpoint_seconds=checkpoint_seconds,
    )
    watching = [*callbacks, *_progress(verbose)]
    try:
        history = run_compiled_loop(model, source, course, watching, jit_compile)
    except CannotCompile as reason:
        if isinstance(source, Streamed):
            msg = f"a stream trains models that can be compiled, this one not: {reason}"
            raise UsageError(msg) from reason
        msg = f"Keras' own loop trains this model: {reason}"
        warnings.warn(msg, stacklevel=2)
        return run_keras_loop(model, source, course, watching)
    if history.divergence is not None:
        warnings.warn(str(history.divergence), RuntimeWarning, stacklevel=2)
    return history


def check_compiled(model: keras.Model) -> None:
    """Raise a `UsageError` unless the model is compiled with an optimizer."""
    if not model.compiled or model.optimizer is None:
        msg = "the model must be compiled; call model.compile(optimizer, loss)"
        raise UsageError(msg)


def build(model: keras.Model, rows: Rows) -> None:
    """Create all variables of a model, its metrics and its optimizer.

    Raises:
        DataError: The model does not take these rows.
    """
    try:
        with model.distribute_strategy.scope():
            model._symbolic_build(data_batch=rows.batch(range(min(2, rows.count))))
            model.optimizer.build(model.trainable_variables)
    except (ValueError, TypeError, RuntimeError) as error:
        msg = f"the model must take x and y as they come, it says: {error}"
        raise DataError(msg) from error


def _check_schedules(schedules: Mapping[str, Any]) -> None:
    for name in schedules:
        if name not in FACTORS:
            msg = f"schedules: there is none for {name!r}{suggest(name, FACTORS)}"
            raise UsageError(msg)


def _check_counts(**counts: int | None) -> None:
    for name, count in counts.items():
        if count is not None and count < 1:
            msg = f"fit: {name} must be >= 1, got {count}"
            raise UsageError(msg)


def _check_stream(**others: Any) -> None:
    for name, value in others.items():
        if value is not None:
            msg = f"fit: {name} must be left out, the stream decides it, got"
            raise UsageError(f"{msg} {type(value).__name__}")


def _batch_size(model: keras.Model, given: int | None, rows: int) -> int:
    size = min(batch_size_for(rows), rows) if given is None else given
    if size > rows:
        msg = f"fit: batch_size must be at most the number of rows, {rows}, got {size}"
        raise UsageError(msg)
    replicas = model.distribute_strategy.num_replicas_in_sync
    if size < replicas:
        msg = f"fit: batch_size must be at least the {replicas} replicas, got {size}"
        raise UsageError(msg)
    return size


def _validation(data: tuple[Any, ...] | None) -> Rows | None:
    if data is None:
        return None
    if not isinstance(data, tuple | list) or not 1 < len(data) <= 3:
        msg = "fit: validation_data must be (x, y) or (x, y, sample_weight), got"
        raise UsageError(f"{msg} {type(data).__name__}")
    return Rows.of(*data, name="validation ")


def _progress(verbose: Any) -> list[keras.callbacks.Callback]:
    shown = sys.stdout.isatty() if verbose == "auto" else bool(verbose)
    return [Progress("training")] if shown else []
