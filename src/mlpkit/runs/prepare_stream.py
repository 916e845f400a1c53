"""Configuration and files that need not fit into memory → what training needs.

The files are read twice before the first epoch: once for a sample of the rows, their
number and the classes, once for the statistics. Of the rows only those for validation
and test, at most about 200,000 each, stay in memory.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.config import Config, DataConfig
from mlpkit.data import (
    RowSplit,
    Split,
    Survey,
    TableBlocks,
    Target,
    survey,
)
from mlpkit.data.blocks import is_large
from mlpkit.data.columns import categories_of
from mlpkit.data.read import check_types
from mlpkit.errors import DataError, UsageError
from mlpkit.factory import TASKS
from mlpkit.preprocessing import (
    Encoder,
    FittedBlocks,
    RowEncoder,
    RowStream,
    TableEncoder,
    fit_blocks,
)
from mlpkit.runs.few_rows import few_rows
from mlpkit.runs.prepared import Prepared, column_notes, rows_left_out
from mlpkit.runs.tables import read_beside
from mlpkit.runs.weights import (
    check_parts,
    class_weights,
    sample_weights,
    training_weights,
)

_EXAMPLES = 64  # training rows that are kept


def streams(config: DataConfig, data: Any) -> bool:
    """Tell whether a job reads its rows in blocks.

    Raises:
        UsageError: It shall, and the rows are in memory.
    """
    bundled = config.path is None or config.path.startswith("sklearn:")
    if data is not None or bundled:
        if config.stream is True:
            msg = "data.stream: must be false for rows in memory; give a file as"
            raise UsageError(f"{msg} data.path to stream")
        return False
    if config.stream != "auto":
        return config.stream
    return is_large(str(config.path))


def prepare_stream(config: Config) -> Prepared:
    """Survey, split, learn the statistics of the training rows; nothing is held.

    Raises:
        UsageError: The split asks for more than a stream can give; see also
            `TableBlocks`.
        DataError: See `Survey.target`, `fit_blocks`.
    """
    _check(config)
    blocks = TableBlocks(
        str(config.data.path),
        missing_values=config.data.missing_values,
        types=config.data.types,
        categories=categories_of(config.columns),
    )
    check_types(blocks.column_names, config.data.types)
    given = _given_parts(config, blocks)
    found = survey(blocks, config.data.target, seed=config.seed)
    target = found.target(config.data.target, config.data.task)
    weight = config.data.sample_weight
    used = [*target.columns, *([] if weight is None else [weight])]
    columns = found.columns(kinds=config.columns, exclude=used)
    split = _split(config, found.rows, given)
    fitted = fit_blocks(blocks, found, split, target, columns, config.preprocessing)
    if not fitted.rows:
        msg = f"{config.data.path}: there must be training rows whose target is known"
        raise DataError(msg)
    table, parts = _held(fitted, found, split, target, given)
    encoder = Encoder(fitted.statistics)
    by_class = class_weights(config.data.class_weight, target, fitted.class_counts)
    encode = RowEncoder(
        TableEncoder(encoder),
        target,
        fitted.scaling,
        weight,
        by_class,
        TASKS[target.task].shape_target,
    )
    y = target.encode(table)
    sample = sample_weights(table, weight)
    check_parts(sample, replace(parts, train=parts.train[:0]))  # a few of these
    return Prepared(
        config=config,
        identity=_digest(config.data, blocks),
        table=table,
        target=target,
        columns=columns,
        split=parts,
        encoder=encoder,
        scaling=fitted.scaling,
        x=encode.table_encoder(table),
        y=y,
        weight=training_weights(sample, by_class, y),
        sample_weight=sample,
        notes=(
            f"the rows are streamed, {config.data.buffer_rows} are shuffled together; "
            "they are split by chance, not balanced by class",
            *rows_left_out(fitted.without_target, config),
            *few_rows({**parts.counts(), "train": fitted.rows}),
            *column_notes(columns),
            *fitted.statistics.notes,
        ),
        stream=RowStream(
            encode.narrow(blocks),
            encode,
            buffer_rows=config.data.buffer_rows,
            batch_size=1,
            seed=config.seed,
            split=split,
            rows=fitted.rows,
        ),
    )


def _check(config: Config) -> None:
    if config.split.column is not None:
        msg = (
            "split.column: must be left out where rows are streamed; give the parts "
            "as files, data.validation and data.test, or set data.stream = false"
        )
        raise UsageError(msg)
    if config.split.train_on != "train":
        msg = "split.train_on: must be 'train' where rows are streamed, got "
        raise UsageError(f"{msg}'{config.split.train_on}'; set the fractions to 0")
    batch, buffer = config.training.batch_size, config.data.buffer_rows
    if batch is not None and batch > buffer:
        msg = "training.batch_size: must be at most data.buffer_rows where rows are "
        raise UsageError(f"{msg}streamed, got {batch} and {buffer}")


def _given_parts(job: Config, blocks: TableBlocks) -> dict[str, pa.Table]:
    """Validation and test rows from files of their own, held in memory."""
    found, config = {}, job.data
    for part, path in (("validation", config.validation), ("test", config.test)):
        if path is None:
            continue
        table = read_beside(path, job, blocks.schema)
        try:
            found[part] = table.cast(blocks.schema)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            msg = f"{path}: must have the column types of the training file: {error}"
            raise DataError(msg) from None
    return found


def _split(config: Config, rows: int, given: Mapping[str, pa.Table]) -> RowSplit:
    return RowSplit.bounded(
        rows,
        0.0 if "validation" in given else config.split.validation_fraction,
        0.0 if given else config.split.test_fraction,
        seed=config.seed,
    )


def _held(
    fitted: FittedBlocks,
    found: Survey,
    split: RowSplit,
    target: Target,
    given: Mapping[str, pa.Table],
) -> tuple[pa.Table, Split]:
    """The rows in memory, a few for training among them, and which part each is."""
    tables = {
        "train": found.part(split, "train", target).slice(0, _EXAMPLES),
        **fitted.held,
        **{p: t.filter(pa.array(target.present(t))) for p, t in given.items()},
    }
    bounds = np.cumsum([0, *(t.num_rows for t in tables.values())])
    parts = {part: np.arange(bounds[i], bounds[i + 1]) for i, part in enumerate(tables)}
    return pa.concat_tables(tables.values()), Split(**parts)


def _digest(config: DataConfig, blocks: TableBlocks) -> str:
    """Names, sizes and times of all files, and how they are shuffled."""
    others = [p for p in (config.validation, config.test) if p is not None]
    files = [*blocks.identity, *(TableBlocks(others).identity if others else [])]
    return "\n".join(["streamed", str(config.buffer_rows), *files])
