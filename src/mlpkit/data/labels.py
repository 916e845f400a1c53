"""Multi-label targets: yes/no columns, lists, or texts such as ``red|round``."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpkit.errors import DataError

SEPARATOR = "|"
_YES = ("yes", "y", "true", "t", "1")
_NO = ("no", "n", "false", "f", "0")


def is_yes_no(values: pa.ChunkedArray) -> bool:
    """Tell whether a column says yes or no: booleans, 0/1, or such words."""
    if pa.types.is_boolean(values.type):
        return True
    if pa.types.is_nested(values.type):
        return False
    words = _words(values).unique().drop_null()
    return pc.all(pc.is_in(words, value_set=pa.array(_YES + _NO))).as_py() is not False


def is_listed(values: pa.ChunkedArray) -> bool:
    """Tell whether single rows hold several labels."""
    if pa.types.is_string(values.type):
        return bool(pc.any(pc.match_substring(values, SEPARATOR)).as_py())
    return pa.types.is_list(values.type) or pa.types.is_large_list(values.type)


def is_text(table: pa.Table, columns: Sequence[str]) -> bool:
    """Tell whether the labels stand in one text column."""
    return len(columns) == 1 and pa.types.is_string(table.column(columns[0]).type)


def names(table: pa.Table, columns: Sequence[str]) -> tuple[Any, ...]:
    """Return the labels: the columns' names, or the sorted labels in the rows.

    Raises:
        DataError: A column is not yes/no, or there is no label at all.
    """
    if len(columns) > 1 or not is_listed(table.column(columns[0])):
        for name in columns:
            _check_yes_no(table.column(name), name, alone=len(columns) == 1)
        return tuple(columns)
    found = pc.list_flatten(_lists(table.column(columns[0]))).unique().drop_null()
    found = tuple(sorted(found.to_pylist()))
    if not found:
        msg = f"target '{columns[0]}': must hold labels, every row is empty"
        raise DataError(msg)
    return found


def encode(table: pa.Table, columns: Sequence[str], known: Sequence[Any]) -> np.ndarray:
    """Return float32 ``(rows, labels)`` of 0 and 1.

    Raises:
        DataError: A label that is not known, or a column that is not yes/no.
    """
    if tuple(columns) == tuple(known):
        return np.stack([_yes(table.column(n), n) for n in columns], axis=1)
    lists = _lists(table.column(columns[0])).combine_chunks()
    flat = pc.list_flatten(lists)
    column = pc.index_in(flat, value_set=pa.array(known))
    if column.null_count:
        unknown = pc.filter(flat, pc.is_null(column)).unique()[:5].to_pylist()
        msg = f"target '{columns[0]}': labels must be among {list(known)}"
        raise DataError(f"{msg}, got {unknown}")
    encoded = np.zeros((len(lists), len(known)), np.float32)
    encoded[pc.list_parent_indices(lists).to_numpy(), column.to_numpy()] = 1
    return encoded


def _lists(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_string(values.type):
        return values
    split = pc.split_pattern(pc.fill_null(values, ""), SEPARATOR)
    # "" splits into one empty label, which is none
    kept = [
        [label.strip() for label in row if label.strip()] for row in split.to_pylist()
    ]
    return pa.chunked_array([pa.array(kept, pa.list_(pa.string()))])


def _words(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_floating(values.type):
        whole = pc.equal(values, pc.round(values))
        if pc.all(whole).as_py() is False:
            return pa.chunked_array([["fraction"]])
        values = values.cast(pa.int64())
    return pc.utf8_lower(pc.utf8_trim_whitespace(values.cast(pa.string())))


def _check_yes_no(values: pa.ChunkedArray, name: str, *, alone: bool = False) -> None:
    if is_yes_no(values):
        return
    shown = values.unique()[:5].to_pylist()
    msg = f"target '{name}': a label column must be yes/no, true/false or 0/1"
    hint = ""
    if alone and pa.types.is_string(values.type):  # it may be meant to hold them all
        hint = f"; several labels in one text are separated by '{SEPARATOR}'"
    raise DataError(f"{msg}, got {shown}{hint}")


def _yes(values: pa.ChunkedArray, name: str) -> np.ndarray:
    _check_yes_no(values, name)
    if pa.types.is_boolean(values.type):
        return values.to_numpy().astype(np.float32)
    return (
        pc.is_in(_words(values), value_set=pa.array(_YES)).to_numpy().astype(np.float32)
    )
