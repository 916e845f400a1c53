"""Batches that come ready-made: Keras' own loop trains on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from mlpkit.errors import UsageError

_KERAS_BATCH = 32


def is_batches(data: Any) -> bool:
    """Tell whether data are a `tf.data.Dataset`, a `PyDataset` or a generator."""
    return isinstance(data, tf.data.Dataset | keras.utils.PyDataset | Iterator)


@dataclass(frozen=True)
class Batches:
    """Batches of ``(x, y)`` or ``(x, y, sample_weight)``, in an order of their own.

    Attributes:
        data: As `Model.fit` takes it.
        shuffle: Whether a PyDataset's batches come in another order every epoch.
        steps_per_epoch: None: to their end.
        class_weight: Class index → weight.
        tested: Validation batches likewise, or None.
        validation_steps: Of these.
    """

    data: Any
    shuffle: bool = True
    steps_per_epoch: int | None = None
    class_weight: Mapping[int, float] | None = None
    tested: Any = None
    validation_steps: int | None = None
    members = None
    batch_size = _KERAS_BATCH  # of validation rows that are arrays

    @classmethod
    def of(
        cls,
        data: Any,
        *,
        shuffle: bool,
        validation: tuple[Any, int | None],
        **others: Any,
    ) -> "Batches":
        """Return batches, with the validation data if these are batches, too.

        Args:
            data: Of the training.
            shuffle: As of `fit`.
            validation: Data and steps.
            **others: ``steps_per_epoch`` and ``class_weight``; the rest must be left.

        Raises:
            UsageError: An argument is given that batches decide themselves.
        """
        own = {n: others.pop(n) for n in ("steps_per_epoch", "class_weight")}
        for name, value in others.items():
            if value is not None:
                msg = f"fit: {name} must be left out, x brings it along as a "
                raise UsageError(f"{msg}{type(data).__name__}, got {value!r}")
        if isinstance(own["class_weight"], str):
            msg = "fit: class_weight must be a mapping where the classes of x cannot be"
            raise UsageError(f"{msg} counted, got {own['class_weight']!r}")
        tested, steps = validation if is_batches(validation[0]) else (None, None)
        return cls(data, shuffle, **own, tested=tested, validation_steps=steps)
