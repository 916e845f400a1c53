"""Configuration and data → everything that training needs, encoded."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.config import Config, DataConfig, config_id
from mlpkit.data import (
    Split,
    Target,
    infer_columns,
    infer_target,
    read_table,
    split_rows,
    table_digest,
)
from mlpkit.data.target import check_columns
from mlpkit.errors import DataError, UsageError, suggest
from mlpkit.runs.assemble import Prepared, assemble


def prepare(config: Config, data: Any = None) -> Prepared:
    """Read, infer, split, learn the statistics of the training rows, encode.

    Args:
        config: The job.
        data: A table in memory instead of ``config.data.path``.

    Raises:
        UsageError, DataError: See `read_table`, `infer_target`, `split_rows`.
    """
    table, files = _read(config.data, data)
    target = infer_target(table, config.data.target, config.data.task)
    extra = (config.split.column, config.data.sample_weight)
    used = [*target.columns, *(name for name in extra if name is not None)]
    # from all rows: in a part of shuffled rows 1, 2, 3, … no identifier is left to see
    columns = infer_columns(table, kinds=config.columns, exclude=used)
    known = target.present(table)
    notes = []
    if not known.all():
        lost = int((~known).sum())
        notes.append(
            f"{lost} rows are left out: their target is missing (texts that mean "
            f"missing: data.missing_values = {list(config.data.missing_values)})"
        )
        table = table.filter(pa.array(known))
        files = None if files is None else files[known]
    split = _split(table, target, config, files)
    notes += [
        f"column '{c.name}': {c.note}"
        for c in columns
        if c.note and c.note != "as configured"
    ]
    y = target.encode(table)
    prepared = assemble(
        config,
        table,
        target,
        columns,
        split,
        y,
        weight=row_weights(table, target, y, split.train, config.data),
        notes=notes,
    )
    return replace(
        prepared,
        identity=config_id(config, table_digest(table)),
        sample_weight=_sample_weight(table, config.data.sample_weight),
    )


def _read(config: DataConfig, data: Any) -> tuple[pa.Table, np.ndarray | None]:
    """The table, and from which file (0 train, 1 validation, 2 test) each row is."""
    source = config.path if data is None else data
    if source is None:
        msg = "data.path: must name a file, or pass the table as data="
        raise UsageError(msg)
    sources = [source, config.validation, config.test]
    present = [
        (part, read_table(s, missing_values=config.missing_values))
        for part, s in enumerate(sources)
        if s is not None
    ]
    first = present[0][1]
    if len(present) == 1:
        return first, None
    names = first.column_names
    for part, table in present[1:]:
        lacking = [n for n in names if n not in table.column_names]
        if lacking:
            msg = f"{sources[part]}: must have the columns of the training file, "
            raise DataError(f"{msg}it lacks {', '.join(lacking)}")
    try:
        whole = pa.concat_tables(
            [t.select(names) for _, t in present], promote_options="permissive"
        )
    except pa.ArrowInvalid as error:
        msg = f"the files must have the same column types: {error}"
        raise DataError(msg) from None
    return whole, np.concatenate([np.full(t.num_rows, part) for part, t in present])


def _split(
    table: pa.Table, target: Target, config: Config, files: np.ndarray | None
) -> Split:
    if files is None:
        return split_rows(table, target, config.split, seed=config.seed)
    given = [np.flatnonzero(files == part) for part in range(3)]
    fractions = {
        "validation_fraction": 0 if len(given[1]) else config.split.validation_fraction,
        "test_fraction": 0,
    }
    rest = config.split.model_copy(update=fractions)
    inner = split_rows(table.take(given[0]), target, rest, seed=config.seed)
    validation = given[1] if len(given[1]) else given[0][inner.validation]
    return replace(
        inner, train=given[0][inner.train], validation=validation, test=given[2]
    )


def row_weights(
    table: pa.Table,
    target: Target,
    y: np.ndarray,
    train: np.ndarray,
    config: DataConfig,
) -> np.ndarray | None:
    """Return sample weight times class weight, float32 ``(rows,)``, or None."""
    weight = _sample_weight(table, config.sample_weight)
    if config.class_weight is not None:
        if target.task in {"regression", "multilabel"}:
            msg = f"data.class_weight: takes a task with classes, got '{target.task}'"
            raise UsageError(msg)
        by_class = _class_weight(config.class_weight, target, y[train])
        weight = by_class[y] if weight is None else weight * by_class[y]
    return None if weight is None else weight.astype(np.float32)


def _sample_weight(table: pa.Table, name: str | None) -> np.ndarray | None:
    if name is None:
        return None
    check_columns(table, [name])
    values = table.column(name)
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        weight = values.cast(pa.float64()).to_numpy()
        if np.isfinite(weight).all() and weight.min() >= 0 and weight.max() > 0:
            return weight
    msg = f"data.sample_weight: column '{name}' must hold finite numbers >= 0"
    raise DataError(msg)


def _class_weight(
    given: str | Mapping[str, float], target: Target, y: np.ndarray
) -> np.ndarray:
    labels = [str(label) for label in target.classes]
    if isinstance(given, Mapping):
        for label in given:
            if label not in labels:
                msg = f"data.class_weight: no class {label!r}{suggest(label, labels)}"
                raise UsageError(msg)
        return np.array([given.get(label, 1.0) for label in labels])
    counts = np.bincount(y, minlength=len(labels))
    return len(y) / (len(labels) * np.maximum(counts, 1))


def default_name(config: Config, data: Any) -> str:
    """Return the run's name: as configured, else after the data file."""
    if config.name is not None:
        return config.name
    if data is not None or config.data.path is None:
        return "table"
    stem = Path(config.data.path.removeprefix("sklearn:")).stem
    return re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._-") or "table"
