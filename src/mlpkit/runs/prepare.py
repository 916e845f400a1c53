"""Configuration and data → everything that training needs, encoded."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.config import Config
from mlpkit.data import (
    Column,
    Split,
    Target,
    infer_columns,
    infer_target,
    split_rows,
    table_digest,
)
from mlpkit.data.marked import fractions_as_texts, marked_categories, marked_kinds
from mlpkit.errors import UsageError
from mlpkit.runs.assemble import assemble
from mlpkit.runs.few_rows import few_rows, same_in_every_row
from mlpkit.runs.learned import Learned
from mlpkit.runs.prepare_stream import prepare_stream, streams
from mlpkit.runs.prepared import Prepared, column_notes, rows_left_out
from mlpkit.runs.tables import read_tables
from mlpkit.runs.weights import (
    check_parts,
    class_weights,
    sample_weights,
    training_weights,
)


def prepare(
    config: Config, data: Any = None, learned: Learned | None = None
) -> Prepared:
    """Read, infer, split, learn the statistics of the training rows, encode.

    Args:
        config: The job; large files are streamed, see `streams`.
        data: A table in memory instead of ``config.data.path``.
        learned: What a run knows of the table: nothing is inferred or learned then.

    Raises:
        UsageError, DataError: See `read_table`, `infer_target`, `split_rows`, and
            `prepare_stream`.
    """
    if learned is None:
        _check_kinds(config)
    if streams(config.data, data):
        streamed = prepare_stream(config)
        return streamed if learned is None else learned.of(streamed)
    tables = read_tables(config, data)
    table, files = tables.whole, tables.files
    if learned is None:
        config, table = _with_marked(config, table, marked_categories(data))
        first = table if files is None else tables.first
        target, columns = _inferred(table, first, config)
    else:
        target, columns = learned.target, learned.columns
    known = target.present(table)
    notes = rows_left_out(int((~known).sum()), config)
    if not known.all():
        table = table.filter(pa.array(known))
        files = None if files is None else files[known]
    split = _split(table, target, config, files).trained_on(config.split.train_on)
    by_folds = config.ensemble.name == "folds"
    y = target.encode(table)
    by_class = class_weights(
        config.data.class_weight,
        target,
        _class_counts(target, y[split.train]),
    )
    sample = sample_weights(table, config.data.sample_weight)
    check_parts(sample, split)
    prepared = assemble(
        config,
        table,
        target,
        columns,
        split,
        y,
        weight=training_weights(sample, by_class, y),
        learned_from=_learned_from(config, split),
        learned=learned,
        notes=[
            *notes,
            *same_in_every_row(target, y),
            *few_rows(split.counts(), folds=by_folds),
            *column_notes(columns),
        ],
    )
    return replace(
        prepared,
        identity=table_digest(table),
        sample_weight=sample,
    )


def _with_marked(
    config: Config, table: pa.Table, marked: list[str]
) -> tuple[Config, pa.Table]:
    """Name the marked columns' kind in the job: it is another job without the marks."""
    features = [name for name in marked if name not in _no_features(config)]
    kinds = marked_kinds(table, features, config.columns)
    categories = [name for name in features if kinds.get(name) == "categorical"]
    config = config.model_copy(update={"columns": kinds})
    return config, fractions_as_texts(table, categories)


def _inferred(
    table: pa.Table, first: pa.Table, config: Config
) -> tuple[Target, list[Column]]:
    """The target by all rows; kinds by those of the training file.

    In a part of shuffled rows 1, 2, 3, … no identifier is left to see, and joined to
    those of other files they repeat.
    """
    target = infer_target(table, config.data.target, config.data.task)
    exclude = _no_features(config)
    return target, infer_columns(first, kinds=config.columns, exclude=exclude)


def _check_kinds(config: Config) -> None:
    for name in config.data.target:
        kind = config.columns.get(name, "ignore")
        if kind != "ignore":  # which a job for several targets may say of each
            msg = f"columns.{name}: must be left out of the target, got {kind!r}; set "
            raise UsageError(f"{msg}data.task, or data.types of a CSV file")


def _no_features(config: Config) -> list[str]:
    extra = (config.split.column, config.data.sample_weight)
    return [*config.data.target, *(name for name in extra if name is not None)]


def _learned_from(config: Config, split: Split) -> np.ndarray:
    # every row but those for testing trains some of the folds' members
    known = [split.train]
    if config.ensemble.name == "folds":
        known.append(split.validation)
    return np.sort(np.concatenate(known))


def _class_counts(target: Target, y: np.ndarray) -> np.ndarray:
    if target.task in {"regression", "multilabel"}:
        return np.empty(0)
    return np.bincount(y, minlength=len(target.classes))


def _split(
    table: pa.Table, target: Target, config: Config, files: np.ndarray | None
) -> Split:
    if files is None:
        return split_rows(table, target, config.split, seed=config.seed)
    if config.split.column is not None:
        msg = "split.column: data.validation and data.test tell which rows are held "
        raise UsageError(f"{msg}back; leave the column, or these files, out")
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


def default_name(config: Config, data: Any) -> str:
    """Return the run's name: as configured, else after the data file."""
    if config.name is not None:
        return config.name
    if data is not None or config.data.path is None:
        return "table"
    stem = Path(config.data.path.removeprefix("sklearn:")).stem
    return re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._-") or "table"
