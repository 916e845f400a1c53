"""`Predictor`: an exported SavedModel that tells what is wrong with a row."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from mlpkit.errors import ServingError, UsageError, suggest

_WHAT = {"float32": "numbers", "int64": "whole numbers", "string": "text"}


class Predictor:
    """Answers raw rows by an exported model.

    Args:
        path: ``saved_models/<name>/<version>``, or ``saved_models/<name>`` for the
            highest version.

    Raises:
        UsageError: There is no exported model.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = _version(Path(path))
        text = (self.path / "assets.extra" / "manifest.json").read_text("utf-8")
        self.manifest: dict[str, Any] = json.loads(text)
        self._model = tf.saved_model.load(str(self.path))
        self._serve = self._model.signatures["serving_default"]

    def predict(self, rows: Any) -> dict[str, np.ndarray]:
        """Return the named answers for some rows.

        Args:
            rows: A list of rows, each a dict; columns by name; a DataFrame or Arrow
                table; of an estimator that was fitted on an array, an array. ``None``
                is missing; dates are text such as ``2024-05-31``, any other text is
                missing there (a run's ``predict`` refuses it); numbers and booleans are
                texts where categories are; other columns are ignored.

        Returns:
            Arrays as `Answers` names them; classes that are texts as ``str``.

        Raises:
            ServingError: A column is missing, or a value has the wrong type.
        """
        columns = self._by_column(rows)
        inputs = self.manifest["inputs"]
        lacking = [name for name in inputs if name not in columns]
        if lacking:
            near = suggest(lacking[0], columns)
            msg = f"rows must have the column(s) {', '.join(lacking)}{near}"
            raise ServingError(msg)
        lengths = {len(columns[name]) for name in inputs}
        if len(lengths) > 1:
            msg = f"columns must be equally long, got {sorted(lengths)} rows"
            raise ServingError(msg)
        tensors = {
            spec["input"]: _tensor(name, columns[name], spec)
            for name, spec in inputs.items()
        }
        answers = self._serve(**tensors)
        return {name: _array(answers[name]) for name in self.manifest["outputs"]}

    @cached_property
    def _columns_learned_from(self) -> list[str]:
        text = (self.path / "assets.extra" / "schema.json").read_text("utf-8")
        return [column["name"] for column in json.loads(text)["columns"]]

    def _check_width(self, width: int) -> None:
        """An array has no names: it must have the columns of the one learned from."""
        names = self._columns_learned_from
        if names != [f"x{i}" for i in range(width)]:
            shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
            msg = (
                f"rows must be a table with the column(s) {shown} ({len(names)}), got "
            )
            raise ServingError(f"{msg}an array with {width} columns")

    def _by_column(self, rows: Any) -> Mapping[str, Sequence[Any]]:
        inputs = self.manifest["inputs"]
        if isinstance(rows, np.ndarray) and rows.ndim == 2:
            self._check_width(rows.shape[1])
        rows = _columns(rows)
        if isinstance(rows, Mapping):
            for name in inputs:
                if isinstance(rows.get(name, []), str) or not hasattr(
                    rows.get(name, []), "__len__"
                ):
                    msg = (
                        f"column '{name}' must be a list of values, got {rows[name]!r}"
                    )
                    raise ServingError(msg)
            return rows
        if isinstance(rows, str | bytes) or not all(
            isinstance(row, Mapping) for row in rows
        ):
            msg = "rows must be a list of dicts, a dict of lists, a DataFrame or an "
            raise ServingError(f"{msg}Arrow table, got {type(rows).__name__}")
        for number, row in enumerate(rows):
            lacking = [name for name in inputs if name not in row]
            if lacking:
                near = suggest(lacking[0], row)
                msg = f"row {number} must have the column(s) {', '.join(lacking)}{near}"
                raise ServingError(msg)
        return {name: [row[name] for row in rows] for name in inputs}


def _columns(rows: Any) -> Any:
    """Columns by name of a table; what is none stays."""
    if hasattr(rows, "to_pydict"):  # Arrow
        return rows.to_pydict()
    if hasattr(rows, "iloc") and hasattr(rows, "columns"):  # pandas
        names = [str(name) for name in rows.columns]
        if len({*names}) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            msg = f"rows must have each column once, got '{twice}' twice"
            raise ServingError(msg)
        return {name: rows.iloc[:, i].tolist() for i, name in enumerate(names)}
    if hasattr(rows, "get_columns"):  # polars
        return {column.name: column.to_list() for column in rows.get_columns()}
    if isinstance(rows, np.ndarray) and rows.ndim == 2:
        return {f"x{i}": column.tolist() for i, column in enumerate(rows.T)}
    return rows


def _version(path: Path) -> Path:
    if not (path / "saved_model.pb").is_file():
        versions = [p for p in path.glob("*") if p.name.isdecimal()]
        path = max(versions, key=lambda p: int(p.name), default=path)
    if not (path / "assets.extra" / "manifest.json").is_file():
        msg = f"{path}: must be an exported model, saved_models/<name>[/<version>]"
        raise UsageError(msg)
    return path


def _tensor(name: str, values: Sequence[Any], spec: Mapping[str, Any]) -> tf.Tensor:
    kind = spec["type"]
    stand_in = np.nan if kind == "float32" else spec["missing"]
    filled = [stand_in if _is_missing(v, kind) else v for v in values]
    if kind == "string":
        filled = [v.isoformat() if isinstance(v, date) else v for v in filled]
        if spec.get("kind") == "categorical":  # as in training, and in a run's predict
            filled = [category(v) for v in filled]
    for row, value in enumerate(filled):
        if not _fits(value, kind):
            msg = f"column '{name}' must hold {_WHAT[kind]}, got {value!r} in row {row}"
            raise ServingError(msg)
    if kind == "int64":
        filled = [int(v) for v in filled]
    return tf.constant(filled, kind, shape=[len(filled)])


def _array(answer: tf.Tensor) -> np.ndarray:
    if answer.dtype != tf.string:
        return answer.numpy()
    texts = [text.decode() for text in answer.numpy()]
    return np.array(texts, dtype=np.str_)


def _is_missing(value: Any, kind: str) -> bool:
    # NaN is how NumPy and pandas say that a whole number or a text is missing
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:  # of pandas
        return True
    return kind != "float32" and isinstance(value, float) and math.isnan(value)


def category(value: Any) -> Any:
    """Return a number or a boolean as the text of its category; else what came.

    >>> category(7), category(0.5), category(2.0), category(True), category("a")
    ('7', '0.5', '2', 'true', 'a')
    """
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(value)
    if isinstance(value, float | np.floating):
        return str(value).removesuffix(".0")
    return value


def _fits(value: Any, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str | bytes)
    if isinstance(value, bool | np.bool_):
        return kind == "int64"
    if kind == "float32":
        return isinstance(value, int | float | np.number)
    if isinstance(value, int | np.integer):
        return -(2**63) <= int(value) < 2**63
    return isinstance(value, float | np.floating) and float(value).is_integer()
