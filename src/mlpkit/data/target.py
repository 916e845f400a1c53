"""The target: which task it asks for, and its values as numbers and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.config import TaskName
from mlpkit.data import labels
from mlpkit.data.texts import are_dates, look_alike, mostly_numbers
from mlpkit.errors import DataError, UsageError, suggest

_MOST_INTEGER_CLASSES = 20
_LARGEST = 1e37  # answers are float32, and may lie beyond the known targets


@dataclass(frozen=True)
class Target:
    """The target columns, their task and their classes.

    Attributes:
        columns: Names in the table.
        task: Name in the factory's ``TASKS``.
        classes: Class values in the table's own type, in the order of the scores;
            the label names of a multi-label task; empty for regression.
        note: How the task was told, for the user.
    """

    columns: tuple[str, ...]
    task: TaskName
    classes: tuple[Any, ...] = ()
    note: str = ""

    @property
    def num_outputs(self) -> int:
        """Target columns of a regression, classes or labels of a classification."""
        return len(self.classes) or len(self.columns)

    def present(self, table: pa.Table) -> np.ndarray:
        """Return a mask, shape ``(rows,)``, of the rows whose target is known."""
        check_columns(table, self.columns)
        if self.task == "multilabel" and labels.is_text(table, self.columns):
            return np.ones(table.num_rows, dtype=bool)  # an empty text is no label
        known = [_known(table.column(name)) for name in self.columns]
        return np.logical_and.reduce(known)

    def encode(self, table: pa.Table) -> np.ndarray:
        """Return the target as numbers; every row's target must be present.

        Returns:
            Regression: float64 ``(rows, columns)``. Multi-label: float32
            ``(rows, labels)`` of 0 and 1. Else: int32 ``(rows,)``, indices into
            ``classes``.

        Raises:
            DataError: A value is no number, or no known class.
        """
        if self.task == "regression":
            return np.stack([_numbers(table.column(n), n) for n in self.columns], 1)
        if self.task == "multilabel":
            return labels.encode(table, self.columns, self.classes)
        return _class_index(table.column(self.columns[0]), self)


def infer_target(
    table: pa.Table,
    columns: Sequence[str],
    task: TaskName | None = None,
    *,
    first_row: int | None = 0,
) -> Target:
    """Tell the task from the target's values, or check the given one against them.

    Args:
        table: With the target's columns.
        columns: Their names.
        task: Of the user; None: told from the values.
        first_row: Number of the first one, in messages; None: rows have no numbers.

    Raises:
        UsageError: The table has no such column, or the task does not fit it.
        DataError: The target is all missing, has one class, or mixes types.

    >>> import pyarrow as pa
    >>> infer_target(pa.table({"y": ["no", "yes", "no"]}), ["y"]).task
    'binary'
    """
    columns = tuple(columns)
    check_columns(table, columns)
    for name in columns:
        if not _known(table.column(name)).any():
            msg = f"target '{name}': must have values, every row is missing"
            raise DataError(msg)
    if task is None:
        task, note = _infer_task(table, columns)
    else:
        note = "as configured"
    if task == "regression":
        for name in columns:
            _numbers(table.column(name), name, first_row)
        return Target(columns, task, (), note)
    if task == "multilabel":
        return Target(columns, task, labels.names(table, columns), note)
    return Target(columns, task, _classes(table, columns, task, first_row), note)


def check_columns(
    table: pa.Table, columns: Sequence[str], what: str = "target"
) -> None:
    """Raise a `UsageError` that suggests near names for a column not there."""
    for name in columns:
        if name not in table.column_names:
            near = suggest(name, table.column_names)
            msg = f"{what} '{name}': the table has no such column{near}"
            raise UsageError(msg)


def _infer_task(table: pa.Table, columns: tuple[str, ...]) -> tuple[TaskName, str]:
    if len(columns) > 1:
        if all(labels.is_yes_no(table.column(name)) for name in columns):
            return "multilabel", f"{len(columns)} yes/no columns"
        _check_numbers(table, columns)
        return "regression", f"{len(columns)} numeric columns"
    values = table.column(columns[0])
    if labels.is_listed(values):
        return "multilabel", "each row holds several labels"
    distinct = pc.count_distinct(values, mode="only_valid").as_py()
    is_text = pa.types.is_string(values.type)
    if pa.types.is_timestamp(values.type) or (is_text and are_dates(values)):
        msg = f"target '{columns[0]}': must be a class or a number, got dates"
        raise DataError(msg)
    if is_text and (told := look_alike(values)):
        kind = "binary" if distinct <= 2 else "multiclass"
        msg = f"target '{columns[0]}': {told}; if they are classes, set data.task = "
        hint = f"several labels of a row are separated by '{labels.SEPARATOR}'"
        raise DataError(f'{msg}"{kind}"; {hint}')
    if is_text or pa.types.is_boolean(values.type):
        return ("binary" if distinct <= 2 else "multiclass"), f"{distinct} classes"
    if not pa.types.is_integer(values.type) and not _whole(values):
        return "regression", "numbers with fractions"
    if distinct <= 2:
        return "binary", f"{distinct} whole numbers"
    if distinct <= min(_MOST_INTEGER_CLASSES, len(values) ** 0.5):
        note = f"{distinct} whole numbers; set task = 'regression' if they are amounts"
        return "multiclass", note
    return "regression", f"{distinct} different numbers"


def _check_numbers(table: pa.Table, columns: tuple[str, ...]) -> None:
    for name in columns:
        kind = table.column(name).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            msg = "several targets must be numbers, all of them, or yes/no (0/1, "
            msg += f"true/false), all of them; '{name}' holds values of type {kind}. "
            hint = "Train one job for each target of classes, or on one column that "
            raise UsageError(f"{msg}{hint}joins their values")


def _classes(
    table: pa.Table, columns: tuple[str, ...], task: str, first_row: int | None
) -> tuple[Any, ...]:
    if len(columns) > 1:
        msg = f"task {task!r} takes one target column, got {', '.join(columns)}"
        raise UsageError(msg)
    values = _comparable(table.column(columns[0]))
    if pa.types.is_nested(values.type):
        msg = f"target '{columns[0]}': lists need task = 'multilabel', got {task!r}"
        raise UsageError(msg)
    classes = tuple(sorted(pc.unique(values).drop_null().to_pylist()))
    if len(classes) < 2:
        msg = f"target '{columns[0]}': must have two or more classes, got "
        where = " that has one (data.missing_values)" if values.null_count else ""
        raise DataError(f"{msg}{classes[0]!r} in every row{where}")
    if task.startswith("binary") and len(classes) > 2:
        msg = f"task {task!r} takes two classes, target '{columns[0]}' has"
        raise UsageError(f"{msg} {len(classes)}; use 'multiclass'")
    if len(classes) > 0.5 * len(values) and len(values) >= 20:
        msg = (
            f"target '{columns[0]}': classes must repeat, got {len(classes)} different"
        )
        msg = f"{msg} values in {len(values)} rows"
        if pa.types.is_string(values.type):
            told = look_alike(values) or mostly_numbers(values, first_row)
            msg = f"{msg}; {told}" if told else msg
        raise DataError(msg)
    return classes


def _class_index(values: pa.ChunkedArray, target: Target) -> np.ndarray:
    values = _comparable(values)
    try:
        classes = pa.array(target.classes).cast(values.type)
    except pa.ArrowInvalid:
        classes = pa.array([], values.type)
    index = pc.index_in(values, value_set=classes)
    if index.null_count:
        unknown = pc.filter(values, pc.is_null(index)).unique()[:5].to_pylist()
        msg = f"target '{target.columns[0]}': must be one of {list(target.classes)}"
        raise DataError(f"{msg}, got {unknown}")
    return index.to_numpy().astype(np.int32)


def _comparable(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers that missing rows made floats become integers again."""
    if pa.types.is_floating(values.type) and _whole(values):
        return pc.if_else(pc.is_finite(values), values, None).cast(pa.int64())
    return values


def _whole(values: pa.ChunkedArray) -> bool:
    if not pa.types.is_floating(values.type):
        return pa.types.is_integer(values.type)
    finite = values.to_numpy()
    finite = finite[np.isfinite(finite)]
    return bool(np.all(finite == np.round(finite)) and np.all(np.abs(finite) < 2**53))


def _known(values: pa.ChunkedArray) -> np.ndarray:
    known = pc.is_valid(values).to_numpy()
    if pa.types.is_floating(values.type):
        return known & ~np.isnan(values.to_numpy())
    return known


def _numbers(
    values: pa.ChunkedArray, name: str, first_row: int | None = 0
) -> np.ndarray:
    kind = values.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        told = look_alike(values) if pa.types.is_string(kind) else ""
        told = told or f"values of type {kind}"
        msg = f"target '{name}': regression takes numbers, got {told}"
        raise UsageError(msg)
    numbers = values.cast(pa.float64(), safe=False).to_numpy()
    if np.isinf(numbers).any():
        row = int(np.argmax(np.isinf(numbers)))
        where = _where(row, first_row)
        raise DataError(f"target '{name}': must be finite, got {numbers[row]}{where}")
    large = np.abs(numbers) > _LARGEST
    if large.any():
        row = int(np.argmax(large))
        msg = f"target '{name}': must be within ±{_LARGEST:g}, got {numbers[row]:g}"
        raise DataError(f"{msg}{_where(row, first_row)}; give it in a larger unit")
    return numbers


def _where(row: int, first_row: int | None) -> str:
    return "" if first_row is None else f" in row {first_row + row}"
