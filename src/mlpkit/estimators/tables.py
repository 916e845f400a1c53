"""Any X of scikit-learn's world → an Arrow table with one column per feature."""

import math
import warnings
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import issparse
from sklearn.utils import check_array

from mlpkit.data import read_table
from mlpkit.data.marked import categories_type
from mlpkit.errors import DataError
from mlpkit.serving.predictor import category

_EXACT = 2**24  # whole numbers up to here are the same in float32
_MOST_DENSE = 2**32  # bytes
_LARGEST = 2**62  # the difference of two such numbers still fits 64 bits
_FLOAT32_MAX = float(np.finfo(np.float32).max)


def is_frame(data: Any) -> bool:
    """Tell whether the data has named columns: pandas, polars or Arrow."""
    return hasattr(data, "columns") and hasattr(data, "shape")


def feature_table(
    data: Any, *, missing_values: Sequence[str], as_text: Collection[int] = ()
) -> tuple[pa.Table, frozenset[int]]:
    """Return the features as a table, and the positions of columns read as text.

    Args:
        data: Array, list of rows, pandas or polars DataFrame, Arrow table; sparse
            matrices are made dense.
        missing_values: Texts that mean missing.
        as_text: Positions of columns whose values are taken as text whatever they are.

    Raises:
        ValueError, TypeError: As `sklearn.utils.check_array`: no table of rows and
            columns, empty, complex.
        DataError: A number is infinite or beyond float32, or a sparse matrix is too
            large to be made dense.
    """
    if issparse(data):
        data = _dense(data)
    if is_frame(data):
        names, columns = _frame_columns(data)
    else:
        columns = _array_columns(data)
        names = [f"x{i}" for i in range(len(columns))]
    columns = [_wide(column) for column in columns]
    text = set(as_text)
    for i, column in enumerate(columns):
        if i not in text and (_is_category(column) or _is_mixed(column, names[i])):
            text.add(i)
    found = {
        name: _texts(column) if i in text else column
        for i, (name, column) in enumerate(zip(names, columns, strict=True))
    }
    if len(found) < len(names):
        twice = sorted({n for n in names if names.count(n) > 1})
        msg = f"X: column names must be unique, got twice: {', '.join(twice)}"
        raise DataError(msg)
    table = read_table(found, missing_values=missing_values)
    for name in table.column_names:
        _check_finite(table.column(name), name)
    return table, frozenset(text)


def _dense(matrix: Any) -> np.ndarray:
    size = math.prod(matrix.shape) * max(8, matrix.dtype.itemsize)
    if size > _MOST_DENSE:
        msg = f"X: a sparse matrix is made dense, in at most {_MOST_DENSE >> 30} GiB, "
        hint = "have fewer columns, such as by a smaller vocabulary or TruncatedSVD"
        raise DataError(f"{msg}got shape {matrix.shape}: {size / 2**30:.1f}; {hint}")
    return matrix.toarray()


def _frame_columns(data: Any) -> tuple[list[str], list[Any]]:
    rows, width = data.shape
    if not rows or not width:
        what = "sample" if not rows else "feature"
        msg = f"Found array with 0 {what}(s) (shape={(rows, width)}) while a minimum of"
        raise DataError(f"{msg} 1 is required: X must have rows and columns")
    if isinstance(data, pa.Table | pa.RecordBatch):
        return list(data.schema.names), list(data.columns)
    if hasattr(data, "iloc"):
        columns = [data.iloc[:, i] for i in range(width)]
        return [str(name) for name in data.columns], columns
    return list(data.columns), list(data.to_arrow().columns)


def _array_columns(data: Any) -> list[Any]:
    array = data if hasattr(data, "dtype") else _as_array(data)
    if getattr(array, "dtype", None) is not None and array.dtype.kind in "OUSmM":
        array = check_array(array, dtype=None, ensure_all_finite=False)
        if array.dtype.kind == "S":
            array = array.astype("U")
        return list(array.T) if array.dtype.kind in "mM" else list(array.astype("O").T)
    array = check_array(array, dtype=None, ensure_all_finite="allow-nan")
    if array.dtype.kind == "b" or array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    return list(array.T)


def _as_array(rows: Any) -> Any:
    array = np.asarray(rows)
    # numbers beside texts would all become texts
    return np.asarray(rows, dtype=object) if array.dtype.kind in "US" else array


def _wide(column: Any) -> Any:
    """Python's whole numbers beyond 64 bits as floats; anything else as it is."""
    if getattr(column, "dtype", None) != np.dtype(object):
        return column
    values = [None if is_missing(v) else v for v in column]
    whole = [v for v in values if isinstance(v, int | np.integer)]
    if len(whole) + values.count(None) < len(values) or not any(
        abs(int(v)) >= 2**63 for v in whole
    ):
        return column
    # an infinity where a number has no float: refused below, with its row
    return np.array([math.nan if v is None else _as_float(v) for v in values])


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _is_category(column: Any) -> bool:
    """Tell whether values are marked as categories but are no texts: numbers, say."""
    return categories_type(column) not in (None, pa.string(), pa.large_string())


def _is_mixed(column: Any, name: str) -> bool:
    """Tell whether Arrow finds no one type for Python objects, and warn of it."""
    if getattr(column, "dtype", None) != np.dtype(object):
        return False
    try:
        mixed = pa.types.is_nested(pa.array(column, from_pandas=True).type)
    except (pa.ArrowException, TypeError, OverflowError):
        mixed = True
    if mixed:
        kinds = sorted({type(v).__name__ for v in column if not is_missing(v)})
        msg = (
            f"X: column '{name}' holds {', '.join(kinds)}: its values are read as text"
        )
        warnings.warn(msg, UserWarning, stacklevel=2)
    return mixed


def _texts(column: Any) -> list[str | None]:
    """Values as the texts that a job makes of them: 1, 0.5 and true."""
    values = column.to_pylist() if hasattr(column, "to_pylist") else column
    return [None if is_missing(v) else str(category(v)) for v in values]


def is_missing(value: Any) -> bool:
    """Tell whether a Python object stands for no value.

    >>> is_missing(None), is_missing(float("nan")), is_missing("")
    (True, True, False)
    """
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:  # of pandas
        return True
    return isinstance(value, float) and math.isnan(value)


def _check_finite(values: pa.ChunkedArray, name: str) -> None:
    if not pa.types.is_floating(values.type):
        return
    beyond = pc.fill_null(pc.greater(pc.abs(values), _FLOAT32_MAX), fill_value=False)
    if pc.any(beyond).as_py():
        row = pc.index(beyond, value=True).as_py()
        msg = (
            "Input X contains infinity or a value too large for dtype('float32'): "
            f"column '{name}' must be finite or missing, got {values[row].as_py()} in "
            f"row {row}; use NaN for missing values"
        )
        raise DataError(msg)


def plain_numbers(table: pa.Table, kinds: Collection[str]) -> pa.Table:
    """Return the table with whole numbers as float64 where no digit is lost by it.

    A column that held whole numbers in training then takes fractions in prediction.
    Larger ones stay whole, since the encoder centers them before it rounds; beyond
    2⁶² they would overflow, and are rounded to 53 bits.

    Args:
        table: From `feature_table`.
        kinds: Columns whose kind is configured: they stay as they are.

    >>> plain_numbers(pa.table({"a": [1, 2], "b": [1, 2**40]}), ()).schema.types
    [DataType(double), DataType(int64)]
    """
    columns = {}
    for name in table.column_names:
        values = table.column(name)
        if pa.types.is_integer(values.type) and name not in kinds:
            largest = _largest(values)
            if largest <= _EXACT or largest >= _LARGEST:
                values = values.cast(pa.float64(), safe=False)
        columns[name] = values
    return pa.table(columns)


def check_whole_numbers(table: pa.Table, names: Collection[str]) -> None:
    """Raise a `DataError` where whole numbers could overflow in the encoder."""
    for name in names:
        values = table.column(name)
        if pa.types.is_integer(values.type) and _largest(values) >= _LARGEST:
            msg = f"X: column '{name}' must hold whole numbers within ±2**62, got "
            raise DataError(f"{msg}{_largest(values)}")


def rounded(table: pa.Table, names: Collection[str]) -> pa.Table:
    """Return the table with the whole numbers of some columns as float64.

    >>> rounded(pa.table({"a": [2**60 + 1]}), ["a"]).to_pydict() == {"a": [2.0**60]}
    True
    """
    for i, name in enumerate(table.column_names):
        if name in names and pa.types.is_integer(table.column(i).type):
            values = table.column(i).cast(pa.float64(), safe=False)
            table = table.set_column(i, name, values)
    return table


def _largest(values: pa.ChunkedArray) -> int:
    ends = pc.min_max(values)
    return max((abs(v.as_py() or 0) for v in ends.values()), default=0)
