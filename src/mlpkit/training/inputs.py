"""What `fit` is given → a source of rows for a model that is built for them."""

import re
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from mlpkit.errors import DataError, UsageError
from mlpkit.preprocessing import RowStream
from mlpkit.training.batches import KERAS_BATCH, Batches, gathered, is_batches
from mlpkit.training.build_compiled import build_compiled
from mlpkit.training.class_weights import check_classes
from mlpkit.training.labels import check_labels
from mlpkit.training.members import Parts, check_members, validation_rows
from mlpkit.training.rows import Rows, check_against_model, split_off
from mlpkit.training.source import InMemory, Source, Streamed


def check_compiled(model: keras.Model) -> None:
    """Raise a `UsageError` unless the model is compiled with an optimizer."""
    if not model.compiled or model.optimizer is None:
        msg = "the model must be compiled; call model.compile(optimizer, loss)"
        raise UsageError(msg)


def listed(callbacks: Any) -> list[keras.callbacks.Callback]:
    """Return one callback, several or None as a list.

    Raises:
        UsageError: One is no callback.
    """
    found = keras.tree.flatten(callbacks) if callbacks is not None else []
    for callback in found:
        if not isinstance(callback, keras.callbacks.Callback):
            called = " (a class: call it)" if isinstance(callback, type) else ""
            msg = f"callbacks must be Keras callbacks, got {callback!r}{called}"
            raise UsageError(msg)
    return found


def build(model: keras.Model, batch: Any) -> None:
    """Create all variables of a model, its metrics and its optimizer.

    Args:
        model: Compiled.
        batch: A few rows, nested.

    Raises:
        DataError: The model does not take these rows.
    """
    try:
        with model.distribute_strategy.scope():
            if model.run_eagerly:  # its code may need numbers
                model.test_on_batch(*batch)
                model.reset_metrics()
            else:
                build_compiled(model, batch)
                model._symbolic_build(data_batch=batch)  # what is left
            model.optimizer.build(model.trainable_variables)
    except (ValueError, TypeError, RuntimeError) as error:
        msg = "the model must take x and y as they come, batches with an axis of rows"
        said = re.sub(r"\x1b\[\d+m", "", str(error))  # colours
        raise DataError(f"{msg}; it says: {said}") from error


def build_for(
    model: keras.Model,
    source: Source | Batches,
    validation: Rows | None,
    class_weight: Any = None,
) -> None:
    """Build a model, and compare the targets with the outputs it now tells.

    Args:
        model: Compiled.
        source: Of the training; of batches the first is looked at.
        validation: Rows, if any.
        class_weight: As of `fit`.

    Raises:
        UsageError: A class weight is that of no output.
        DataError: The targets do not fit.
    """
    told = model.built  # then rows in memory are checked already
    batch = source.example()
    build(model, batch)
    check_classes(model, class_weight)
    if isinstance(source, Batches):
        check_labels(model, batch[1] if len(batch) > 1 else None, "y")
    if isinstance(source, InMemory) and not told:
        check_against_model(model, source.rows)
    if validation is not None and not told:
        check_against_model(model, validation, name="validation ")


def source_of(
    model: keras.Model,
    data: tuple[Any, Any, Any],
    *,
    validation: tuple[Any, int | None, int | None, float],
    batch_size: int | None,
    shuffle: bool,
    members: Parts | None,
    seed: int | None,
    **others: Any,
) -> tuple[Source | Batches, Any]:
    """Return the source of the rows, and the validation data that are apart from it.

    Args:
        model: Compiled.
        data: x, y and sample weights of `fit`.
        validation: Validation data, steps, batch size and split.
        batch_size: As of `fit`, and so the following.
        shuffle: Whether the order changes.
        members: Row numbers of each network.
        seed: Of the order.
        **others: ``class_weight`` and ``steps_per_epoch``.

    Raises:
        UsageError: An argument is given that stream or batches bring along.
        DataError: The rows do not fit.
    """
    x, y, sample_weight = data
    *apart, fraction = validation
    tested = apart[0]
    more = {"y": y, "batch_size": batch_size, "sample_weight": sample_weight}
    more |= {"validation_split": fraction or None, "members": members, **others}
    if isinstance(x, RowStream):
        stream = x if seed is None else replace(x, seed=int(seed))
        return streamed(stream, shuffle=None if shuffle else shuffle, **more), tested
    if is_batches(x):
        source = Batches.of(
            x, shuffle=shuffle, validation=tuple(apart), seed=seed, **more
        )
        return source, tested if source.tested is None else None
    if fraction and tested is None:
        data, tested = split_off(data, fraction)
    rows = Rows.of(*data, class_weight=others["class_weight"])
    found = in_memory(model, rows, batch_size, members=members)
    steps = others["steps_per_epoch"]
    steps = None if steps is None else int(steps)
    order = 1 if seed is None else int(seed)
    return replace(found, shuffle=shuffle, steps=steps, seed=order), tested


def in_memory(
    model: keras.Model, rows: Rows, batch_size: int | None, *, members: Parts | None
) -> InMemory:
    """Return the source of rows in memory, checked against the model.

    Raises:
        UsageError: The batch size or the members do not fit.
        DataError: The rows do not fit.
    """
    if members is None:
        check_against_model(model, rows)
        return InMemory(rows, _batch_size(model, batch_size, rows.count))
    check_members(model, rows, members)
    trained = tuple(np.asarray(part) for part, _ in members)
    size = _batch_size(model, batch_size, min(map(len, trained)))
    return InMemory(rows, size, member_rows=trained)


def streamed(stream: RowStream, **others: Any) -> Streamed:
    """Return the source of a stream, which brings all other arguments along.

    Raises:
        UsageError: One of the others is given.
    """
    for name, value in others.items():
        if value is not None:
            msg = f"fit: {name} must be left out, the stream decides it, got"
            raise UsageError(f"{msg} {type(value).__name__}")
    return Streamed(stream)


def validation_of(
    model: keras.Model,
    source: Source | Batches,
    data: Any,
    members: Parts | None,
    steps: int | None = None,
) -> Rows | None:
    """Return the validation rows: those given, or those of the members.

    Raises:
        UsageError: It is no tuple of arrays.
        DataError: The arrays do not fit together, or not the model.
    """
    if members is not None and isinstance(source, InMemory):
        return validation_rows(source.rows, members)
    if data is None:
        return None
    if is_batches(data):
        data = gathered(data, steps)
    if not isinstance(data, tuple | list) or not 1 < len(data) <= 3:
        msg = "fit: validation_data must be (x, y) or (x, y, sample_weight), got"
        raise UsageError(f"{msg} {type(data).__name__}")
    rows = Rows.of(*data, name="validation ")
    check_against_model(model, rows, name="validation ")
    return rows


def _batch_size(model: keras.Model, given: int | None, rows: int) -> int:
    size = min(KERAS_BATCH if given is None else int(given), rows)
    replicas = model.distribute_strategy.num_replicas_in_sync
    if size < replicas:
        msg = f"fit: batch_size must be at least the {replicas} replicas, got {size}"
        raise UsageError(msg)
    return size
