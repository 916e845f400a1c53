"""`fit`: the one function through which every network is trained."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import keras

from mlpkit.errors import UsageError
from mlpkit.training.arguments import check_arguments, check_schedules
from mlpkit.training.batches import Batches, is_batches
from mlpkit.training.callbacks import Progress
from mlpkit.training.compiled_loop import CannotCompile, run_compiled_loop
from mlpkit.training.course import Course
from mlpkit.training.engine import check_scope
from mlpkit.training.engine.numbers import FACTORS
from mlpkit.training.inputs import (
    build_for,
    check_compiled,
    listed,
    source_of,
    validation_of,
)
from mlpkit.training.keras_loop import run_keras_loop
from mlpkit.training.labels import labels_told
from mlpkit.training.members import Parts
from mlpkit.training.monitor import Monitor
from mlpkit.training.source import Streamed

_EVALUATION_ROWS = 4096


def fit(  # noqa: PLR0913 - the arguments of Model.fit
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: Literal["auto", 0, 1, 2] = "auto",
    callbacks: Any = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | str | None = None,
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
    weight_averaging: float | None = None,
    jit_compile: bool | Literal["auto"] = "auto",
    schedules: Mapping[str, Any] | None = None,
    members: Parts | None = None,
    checkpoint: str | Path | None = None,
    checkpoint_seconds: float = 10.0,
    deterministic: bool = True,
    seed: int | None = None,
) -> keras.callbacks.History:
    """Train a compiled Keras model; arguments and result as ``Model.fit``.

    Whole epochs run as one graph, many times faster than Keras' loop on small networks.
    The rows' order comes from ``(seed, epoch)`` alone, so that one seed gives the same
    weights again. Callbacks are called after every epoch; those for batches at the end
    of a block of them, as which a whole validation counts. With validation data the
    weights of the best epoch are restored, also after Ctrl-C.

    Args:
        model: Compiled; of any kind.
        x: Features, ``(rows, …)``, or a dict or tuple of such arrays; or a `RowStream`,
            which brings targets, weights, batch size and seed along; or a Dataset,
            PyDataset or generator, which Keras' own loop trains on.
        y: Targets, likewise; None where the model needs none, or x brings them.
        batch_size: Rows per step; 32 if left, or as many as there are.
        epochs: Number of the last epoch, >= 1.
        verbose: 0 is silent, 1 shows the progress, "auto" does so on a terminal.
        callbacks: A Keras callback, or a list of them.
        validation_split: Fraction of the rows, the last ones, to validate on.
        validation_data: ``(x, y)`` or ``(x, y, sample_weight)``, or batches of them.
        shuffle: False takes the rows as they come.
        class_weight: Class index → weight (1 if left out) or "balanced", multiplied in.
        sample_weight: Weight of each row, ``(rows,)``, >= 0.
        initial_epoch: Epoch to start from.
        steps_per_epoch: Steps per epoch, which goes on where the last one ended; once
            through the rows if left.
        validation_steps: Evaluate on the first so many batches only.
        validation_batch_size: Rows per evaluation step; 4096 if left, and those of
            ``batch_size`` where ``validation_steps`` counts them.
        validation_freq: Epochs from one evaluation to the next, or a list of epochs.
        patience: Stop after so many epochs that tell a value, but no better one.
        monitor: The logged value that is compared.
        mode: Whether lower ("min") or higher is better; "auto": by the metric.
        restore_best_weights: End with the weights of the best epoch, the last of equal
            ones, where a monitored value tells it; else with the last weights.
        weight_averaging: η >= 0, e.g. 8: evaluate and keep the weights' average over
            the epochs' ends, where early ones count the less the higher η is.
        jit_compile: Use XLA; "auto" where the training is long enough to pay for it.
        schedules: "dropout" or "weight_decay" (of this package's optimizers) → schedule
            of a factor for it, e.g. ``mlpkit.schedules.FlatCosine``.
        members: Row numbers to train on and to validate on, of each of m networks side
            by side in a model whose inputs are ``(m, rows, features)``; each keeps the
            weights of its own best epoch. The monitored value has one entry per member.
        checkpoint: File that holds the whole state. A training that was killed goes on
            from it when called again, to the same bits as if it had not been; and so
            does one that is called again with more epochs.
        checkpoint_seconds: Least time between two writings of it; each follows the end
            of an epoch.
        deterministic: Give the same bits again on a GPU, too, of Keras' and this
            package's layers and losses in compiled loops. False: it may add up in any
            order, which makes wide networks up to four times as fast.
        seed: Of the rows' order; 1, or a stream's own, if left.

    Returns:
        Keras' History, which also tells ``best_epoch``, ``interrupted``, ``divergence``
        (where the loss became NaN) and ``engine`` ("xla", "graph" or "keras").

    Raises:
        UsageError: The model is not compiled, or an argument is out of range.
        DataError: Rows or labels that do not fit, or are not finite.

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = keras.ops.ones((8, 1))
    >>> len(fit(model, x, 2 * x, epochs=3).history["loss"])
    3
    """
    check_compiled(model)
    check_schedules(model, schedules or {})
    check_scope(model)
    check_arguments(
        epochs=epochs,
        initial_epoch=initial_epoch,
        batch_size=batch_size,
        patience=patience,
        steps_per_epoch=steps_per_epoch,
        validation_steps=validation_steps,
        validation_batch_size=validation_batch_size,
        validation_freq=validation_freq,
        validation_split=validation_split,
        verbose=verbose,
        shuffle=shuffle,
        restore_best_weights=restore_best_weights,
        weight_averaging=weight_averaging,
        jit_compile=jit_compile,
        checkpoint_seconds=checkpoint_seconds,
        deterministic=deterministic,
        seed=seed,
    )
    source, validation_data = source_of(
        model,
        (x, y, sample_weight),
        validation=(
            validation_data,
            validation_steps,
            validation_batch_size,
            validation_split,
        ),
        batch_size=batch_size,
        shuffle=shuffle,
        class_weight=class_weight,
        steps_per_epoch=steps_per_epoch,
        members=members,
        seed=seed,
    )
    validation = validation_of(
        model, source, validation_data, members, validation_steps
    )
    if is_batches(validation_data):
        validation_steps = None  # they are counted already
    if validation is not None and validation_steps is not None:
        size = validation_batch_size or source.batch_size
        validation = validation.first(validation_steps * size)
    build_for(model, source, validation, class_weight)
    tested = validation
    if isinstance(source, Batches) and validation is None:
        tested = source.tested
    course = Course(
        epochs=epochs,
        initial_epoch=initial_epoch,
        validation=validation,
        validation_freq=validation_freq,
        validation_batch_size=validation_batch_size or _EVALUATION_ROWS,
        monitor=_monitor(model, monitor, mode, tested, patience),
        patience=patience,
        restore_best_weights=restore_best_weights,
        weight_averaging=weight_averaging,
        schedules={n: (schedules or {})[n] for n in FACTORS if n in (schedules or {})},
        checkpoint=None if checkpoint is None else Path(checkpoint),
        checkpoint_seconds=checkpoint_seconds,
        deterministic=deterministic,
    )
    progress = Progress.of(verbose, model, course.checkpoint)
    watching = [*listed(callbacks), *progress]
    try:
        with labels_told():
            history = _train(model, source, course, watching, jit_compile)
    finally:
        for bar in progress:
            bar.close()
    if history.divergence is not None:
        warnings.warn(str(history.divergence), RuntimeWarning, stacklevel=2)
    return history


def _train(
    model: keras.Model,
    source: Any,
    course: Course,
    callbacks: list[keras.callbacks.Callback],
    jit_compile: Any,
) -> keras.callbacks.History:
    """Train in compiled calls, or by Keras where that cannot be."""
    try:
        if isinstance(source, Batches):
            if jit_compile is True:
                msg = "fit: jit_compile=True is for arrays; of ready-made batches "
                raise UsageError(f"{msg}Keras asks model.compile(jit_compile=True)")
            msg = f"its batches come ready-made, as a {type(source.data).__name__}"
            raise CannotCompile(msg)
        return run_compiled_loop(model, source, course, callbacks, jit_compile)
    except CannotCompile as reason:
        if isinstance(source, Streamed):
            msg = f"a stream trains models that can be compiled, this one not: {reason}"
            raise UsageError(msg) from reason
        if model.distribute_strategy.num_replicas_in_sync > 1:
            msg = f"fit: several replicas need a step that is one graph: {reason}"
            raise UsageError(msg) from reason
        msg = f"Keras' own loop trains this model: {reason}"
        warnings.warn(msg, stacklevel=3)
        return run_keras_loop(model, source, course, callbacks)


def _monitor(
    model: keras.Model, name: str, mode: str, validation: Any, patience: int | None
) -> Monitor | None:
    if validation is not None or not name.startswith("val_"):
        return Monitor.of(model, name, mode)
    if patience is not None:
        msg = (
            f"fit: patience needs validation rows to tell {name!r}, got none; give "
            "validation_data, or a monitor of the training, e.g. monitor='loss'"
        )
        raise UsageError(msg)
    return None
