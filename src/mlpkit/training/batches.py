"""Batches that come ready-made: Keras' own loop trains on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import GeneratorType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.errors import DataError, UsageError
from mlpkit.training.class_weights import check_target, named_weights

KERAS_BATCH = 32  # rows of a batch where nobody says
_MOST_PARTS = 3  # x, y, sample_weight


def is_batches(data: Any) -> bool:
    """Tell whether data are a `tf.data.Dataset`, a `PyDataset` or a generator."""
    return isinstance(data, tf.data.Dataset | keras.utils.PyDataset | GeneratorType)


@dataclass(frozen=True)
class Batches:
    """Batches of ``(x, y)`` or ``(x, y, sample_weight)``, in an order of their own.

    Attributes:
        data: As `Model.fit` takes it.
        first: The first batch.
        shuffle: Whether a PyDataset's batches come in another order every epoch.
        steps_per_epoch: None: to their end.
        class_weight: Class index → weight.
        tested: Validation batches likewise, or None.
        validation_steps: Of these.
        batch_size: Of validation rows that are arrays.
    """

    data: Any
    first: Any
    shuffle: bool = True
    steps_per_epoch: int | None = None
    class_weight: Mapping[int, float] | None = None
    tested: Any = None
    validation_steps: int | None = None
    batch_size: int = KERAS_BATCH
    members = None

    def example(self) -> Any:
        """Return a batch, nested."""
        return self.first if isinstance(self.first, tuple) else (self.first,)

    @classmethod
    def of(
        cls,
        data: Any,
        *,
        shuffle: bool,
        validation: tuple[Any, int | None, int | None],
        steps_per_epoch: int | None,
        class_weight: Any,
        **others: Any,
    ) -> "Batches":
        """Return batches, with the validation data if these are batches, too.

        Args:
            data: Of the training.
            shuffle: As of `fit`, and so the following.
            validation: Data, steps and batch size.
            steps_per_epoch: Of a generator without end, say.
            class_weight: For targets that are not weighted yet.
            **others: What must be left.

        Raises:
            UsageError: An argument is given that batches decide themselves.
            DataError: There is no batch.
        """
        kind = type(data).__name__
        for name, value in others.items():
            if value is not None:
                msg = f"fit: {name} must be left out, x brings it along as a {kind}, "
                raise UsageError(f"{msg}got {value!r}")
        tested, steps, size = validation
        if not is_batches(tested):
            tested = steps = None
        data, first = _with_first(data, "x")
        if tested is not None:
            tested, other = _with_first(tested, "validation_data")
            _check_alike(first, other)
        weighted = isinstance(first, tuple) and len(first) == _MOST_PARTS
        generated = isinstance(data, GeneratorType)
        fits = isinstance(class_weight, Mapping) and not (weighted or generated)
        if class_weight is not None and not fits:
            msg = "fit: class_weight must be a mapping, and x a Dataset or PyDataset "
            msg += "without sample weights, got "
            raise UsageError(f"{msg}{class_weight!r} with a {kind}")
        if class_weight is not None:
            check_target(first[1] if isinstance(first, tuple) and first[1:] else None)
            class_weight = named_weights(class_weight)
        return cls(
            data,
            first,
            shuffle,
            steps_per_epoch,
            class_weight,
            tested,
            steps,
            size or KERAS_BATCH,
        )


def gathered(data: Any, steps: int | None) -> tuple[Any, ...]:
    """Return the rows of batches as arrays, for who validates in a graph.

    Args:
        data: Of `is_batches`.
        steps: How many batches; None: all.

    Raises:
        UsageError: They have no end, and nobody says how many.
        DataError: There is none.
    """
    if isinstance(data, tf.data.Dataset):
        endless = data.cardinality() == tf.data.INFINITE_CARDINALITY
        parts: Iterator[Any] = data.as_numpy_iterator()
    else:
        generated = isinstance(data, GeneratorType)
        endless = generated or data.num_batches is None
        count = steps if endless else data.num_batches
        parts = data if generated else (data[i] for i in range(count or 0))
    if endless and steps is None:
        msg = "fit: validation_data need an end, or validation_steps, got a"
        raise UsageError(f"{msg} {type(data).__name__}")
    found = list(islice(parts, steps))
    if not found:
        msg = "fit: there must be a batch in validation_data, got none"
        raise DataError(msg)
    return keras.tree.map_structure(lambda *p: np.concatenate(p), *found)


def _with_first(data: Any, name: str) -> tuple[Any, Any]:
    """Batches that are all still there, and the first of them."""
    if isinstance(data, GeneratorType):
        first = next(data, None)
        data = _again(first, data)
    elif isinstance(data, tf.data.Dataset):
        first = next(iter(data.take(1)), None)
        data = data if first is None else _ranked(data, first)
    else:
        first = None if data.num_batches == 0 else data[0]
    if first is None:
        msg = f"fit: there must be a batch in {name}, got none"
        raise DataError(msg)
    return data, first


def _ranked(data: tf.data.Dataset, first: Any) -> tf.data.Dataset:
    """Batches whose tensors all have a known rank, that of the first batch."""
    specs = keras.tree.flatten(data.element_spec)
    known = [getattr(spec, "shape", tf.TensorShape([])).rank for spec in specs]
    if None not in known:
        return data
    shapes = [[None] * len(part.shape) for part in keras.tree.flatten(first)]

    def with_rank(*batch: Any) -> Any:
        given = batch if isinstance(first, tuple) else batch[0]
        tensors = map(tf.ensure_shape, keras.tree.flatten(given), shapes)
        return keras.tree.pack_sequence_as(first, list(tensors))

    return data.map(with_rank)


def _check_alike(batch: Any, tested: Any) -> None:
    """Raise a `DataError` where validation batches have another shape."""
    shapes = [_shapes(b) for b in (batch, tested)]
    if shapes[0][:2] != shapes[1][:2]:  # weights may be there or not
        msg = f"fit: validation_data must have batches like x's, {shapes[0]}"
        raise DataError(f"{msg}, got {shapes[1]}")


def _shapes(batch: Any) -> list[Any]:
    """Without the rows."""
    parts = batch if isinstance(batch, tuple) else (batch,)
    return [
        keras.tree.map_structure(lambda a: list(np.shape(a)[1:]), part)
        for part in parts
    ]


def _again(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest
