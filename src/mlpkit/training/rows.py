"""Arrays of any make → tensors of equally many rows, or a clear error."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.errors import DataError, UsageError
from mlpkit.preprocessing.shared_memory import as_array
from mlpkit.training.batches import is_batches
from mlpkit.training.class_weights import row_weights
from mlpkit.training.labels import check_labels


@dataclass(frozen=True)
class Rows:
    """Training or validation data.

    Attributes:
        structure: Nested ``(x[, y[, sample_weight]])`` of `tf.TensorSpec`.
        tensors: The same, flat, each ``(rows, …)``.
    """

    structure: Any
    tensors: list[tf.Tensor]

    @classmethod
    def of(
        cls,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        class_weight: Mapping[int, float] | str | None = None,
        name: str = "",
    ) -> "Rows":
        """Convert and check the arrays.

        Args:
            x: Array, tensor, list, DataFrame, or a nested structure of them.
            y: Likewise, or None.
            sample_weight: Weight of each row, ``(rows,)``, >= 0; or one per output.
            class_weight: Class index → weight, or "balanced"; multiplied into the
                sample weights.
            name: Put before x and y in messages.

        Raises:
            DataError: Different lengths, no rows, no numbers, NaN or infinities (which
                a ReLU would hide from the loss while they spoil the weights).
        """
        if y is None and sample_weight is not None:
            msg = f"{name}sample_weight must come with {name}y, got no y"
            raise DataError(msg)
        parts = {"x": x, "y": y, "sample_weight": sample_weight}
        parts = {k: _tensors(v, name + k) for k, v in parts.items() if v is not None}
        lengths = {
            part: {len(t) for t in keras.tree.flatten(v)} for part, v in parts.items()
        }
        found = set().union(*lengths.values())
        if len(found) != 1:
            said = ", ".join(f"{k}: {sorted(v)}" for k, v in lengths.items())
            msg = f"{name}x, y and sample_weight must have equally many rows, got"
            raise DataError(f"{msg} {sorted(found)} ({said})")
        if found == {0}:
            msg = f"there must be rows in {name}x, got none"
            raise DataError(msg)
        for part, values in parts.items():
            _check_finite(values, name + part)
        for weight in keras.tree.flatten(parts.get("sample_weight")):
            least = 0 if weight is None else as_array(weight).min()
            if least < 0:
                msg = f"{name}sample_weight must be >= 0, got {least:g}"
                raise DataError(msg)
        if class_weight is not None:
            weight = row_weights(parts.get("y"), class_weight)
            given = parts.get("sample_weight")
            parts["sample_weight"] = weight if given is None else weight * given
        data = tuple(parts.values())
        specs = keras.tree.map_structure(
            lambda t: tf.TensorSpec([None, *t.shape[1:]], t.dtype), data
        )
        return cls(specs, keras.tree.flatten(data))

    @property
    def count(self) -> int:
        """How many."""
        return int(self.tensors[0].shape[0])

    @property
    def row_bytes(self) -> int:
        """Of one row."""
        sizes = [int(np.prod(t.shape[1:])) * t.dtype.size for t in self.tensors]
        return max(1, sum(sizes))

    @property
    def digest(self) -> str:
        """Of all values."""
        whole = hashlib.blake2b(repr(self.structure).encode(), digest_size=16)
        for tensor in self.tensors:
            texts = tensor.dtype == tf.string
            array = tensor.numpy() if texts else as_array(tensor)
            whole.update(repr(array.tolist()).encode() if texts else array.tobytes())
        return whole.hexdigest()

    def first(self, count: int) -> "Rows":
        """Return the first rows."""
        return Rows(self.structure, [t[:count] for t in self.tensors])

    def batch(self, index: Any) -> Any:
        """Return some rows, nested."""
        part = [tf.gather(t, index) for t in self.tensors]
        return keras.tree.pack_sequence_as(self.structure, part)


def split_off(data: tuple[Any, ...], fraction: float) -> tuple[Any, Any]:
    """Return the arrays without their last rows, and the last rows, as Keras does.

    Raises:
        UsageError: The fraction is not in (0, 1) or leaves no row on one side.
    """
    names = ("x", "y", "sample_weight")
    data = tuple(
        None if part is None else _tensors(part, name)
        for name, part in zip(names, data, strict=True)
    )
    rows = len(keras.tree.flatten(data)[0])
    at = int(rows * (1 - fraction))
    if not 0 < fraction < 1 or not 0 < at < rows:
        msg = "validation_split must be in (0, 1) and leave rows on both sides, got"
        raise UsageError(f"{msg} {fraction} of {rows} rows")

    def part(start: int | None, end: int | None) -> Any:
        return keras.tree.map_structure(
            lambda a: None if a is None else a[start:end], data
        )

    return part(None, at), part(at, None)


def check_against_model(model: keras.Model, rows: Rows, name: str = "") -> None:
    """Compare features and labels with a model.

    Args:
        model: Compiled.
        rows: Of training or validation.
        name: Put before x and y in messages.

    Raises:
        DataError: They do not fit.
    """
    x, *rest = keras.tree.pack_sequence_as(rows.structure, rows.tensors)
    _check_texts(model, x, f"{name}x")
    own = type(model).train_step is not keras.Model.train_step
    if not rest and not own and getattr(model, "loss", None) is not None:
        msg = f"{name}y must be given: the model is compiled with a loss that needs it"
        raise DataError(msg)
    wanted: Any = getattr(model, "input_shape", None) if model.built else None
    side_by_side = isinstance(wanted, tuple) and len(wanted) == 3 and wanted[0]
    members = {getattr(layer, "members", None) for layer in model.layers} - {None}
    if side_by_side in members and isinstance(x, tf.Tensor) and len(x.shape) == 2:
        msg = f"members: the model has {wanted[0]} side by side, give the row numbers "
        raise UsageError(f"{msg}of each: members=[(training, validation), …]")
    flat = isinstance(x, tf.Tensor) and isinstance(wanted, tuple) and len(wanted) == 2
    if flat and (len(x.shape) != 2 or wanted[1] not in {None, x.shape[1]}):
        msg = f"{name}x must have shape (rows, {wanted[1]}), the model's input, got"
        raise DataError(f"{msg} {tuple(x.shape)}")
    if rest:
        check_labels(model, rest[0], f"{name}y")


def _check_texts(model: keras.Model, x: Any, name: str) -> None:
    inputs = keras.tree.flatten(getattr(model, "inputs", None) or [])
    for tensor, wanted in zip(keras.tree.flatten(x), inputs, strict=False):
        if tensor.dtype == tf.string and wanted.dtype != "string":
            msg = f"{name} must be numbers, the model's input '{wanted.name}' takes "
            raise DataError(f"{msg}{wanted.dtype}, got texts")


def _tensors(values: Any, name: str) -> Any:
    if isinstance(values, list) and not any(hasattr(v, "shape") for v in values):
        return _tensor(values, name)
    return keras.tree.map_structure(lambda v: _tensor(v, name), values)


def _tensor(values: Any, name: str) -> tf.Tensor:
    if (
        is_batches(values)
        or isinstance(values, Iterator)
        or type(values).__module__.startswith("torch.utils.data")
    ):
        msg = f"{name} must be arrays in memory or a RowStream, got a"
        raise DataError(f"{msg} {type(values).__name__}; fit takes batches as x alone")
    if isinstance(values, tf.RaggedTensor | tf.SparseTensor):
        msg = f"{name} must be dense with rows of equal shape, got a"
        raise DataError(f"{msg} {type(values).__name__}; pad it or make it dense")
    if tf.is_tensor(values) or isinstance(values, keras.Variable):
        return tf.convert_to_tensor(values)
    try:
        array = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    except ValueError as error:
        msg = f"{name} must have rows of equal shape, got {error}"
        raise DataError(msg) from None
    texts = array.dtype.kind in "US" or isinstance(next(iter(array.flat), 0), str)
    if name.endswith("x") and texts:
        if not all(isinstance(v, str | bytes) for v in array.flat):
            msg = f"{name} must be all numbers or all texts, got both; encode the texts"
            raise DataError(msg)
        return tf.constant(array.astype(object), tf.string)
    if array.dtype.kind not in "fiub":
        msg = f"{name} must be numbers (class indices for classes), got"
        raise DataError(f"{msg} {'texts' if texts else f'type {array.dtype}'}")
    if array.ndim == 0:
        msg = f"{name} must have rows, got the single number {array}"
        raise DataError(msg)
    wide = array.dtype.kind == "f" and array.dtype.name != keras.config.floatx()
    return tf.convert_to_tensor(array.astype(keras.config.floatx()) if wide else array)


def _check_finite(part: Any, name: str) -> None:
    for tensor in keras.tree.flatten(part):
        if tensor is None or not tensor.dtype.is_floating:
            continue
        finite = np.isfinite(as_array(tensor))
        if not finite.all():
            row = int(np.argwhere(~finite)[0][0])
            msg = f"{name} must be finite, got a NaN or infinity in row {row}; "
            hint = "a model or loss that takes them can train on a tf.data.Dataset"
            raise DataError(msg + hint)
