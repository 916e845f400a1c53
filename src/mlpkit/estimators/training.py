"""From X and y in memory to a trained network, through the same path as a run."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pyarrow as pa

from mlpkit.config import Config, Facts
from mlpkit.data import Column, infer_columns
from mlpkit.data.marked import marked_kinds
from mlpkit.errors import DataError
from mlpkit.estimators.decide import VALIDATION
from mlpkit.estimators.hold_out import check_patience, hold_out_rows
from mlpkit.estimators.penalty import is_penalized, penalize, penalty_of
from mlpkit.estimators.rows import Rows, are_counts
from mlpkit.estimators.solver import with_solver
from mlpkit.estimators.stopping import stopping
from mlpkit.preprocessing import Encoder, TableEncoder, TargetScaling
from mlpkit.runs import Prepared, assemble, by_recipe
from mlpkit.runs.members import HeldOut, Plan
from mlpkit.runs.network import batch_size_of
from mlpkit.runs.settle import check_decision
from mlpkit.runs.train_members import train_members
from mlpkit.training import fit, placement

_MOST_REPEATS = 20  # times as many rows as there are, for whole weights


def prepare_rows(
    config: Config,
    rows: Rows,
    *,
    hold_out: bool,
    table: pa.Table,
    marked: Sequence[str] = (),
) -> Prepared:
    """Return the rows ready for training, their statistics learned.

    Args:
        config: The job.
        rows: Of ``fit``, settled.
        hold_out: Whether some rows choose the epoch.
        table: X, by whose rows an error counts.
        marked: Columns whose type says that they hold categories.

    Raises:
        DataError: Nothing to learn from, or too few rows to hold some out.
    """
    try:
        columns = _columns(config, rows.table, marked)
    except DataError:
        if rows.index is not None:
            _columns(config, table, marked)  # the same mistake, in the order of X
        raise
    split = hold_out_rows(config, rows, hold_out=hold_out)
    notes = [f"column '{c.name}': {c.note}" for c in columns if _matters(c)]
    prepared = assemble(
        config,
        rows.table,
        rows.target,
        columns,
        split,
        rows.y,
        weight=rows.weight(),
        learned_from=_repeated(split.train, rows.sample_weight),
        notes=notes,
    )
    return replace(prepared, sample_weight=rows.sample_weight)


def encode_rows(
    config: Config,
    rows: Rows,
    encode: TableEncoder,
    scaling: TargetScaling | None,
    *,
    hold_out: bool,
    table: pa.Table,
) -> Prepared:
    """Return the rows ready for a network that was trained before.

    Raises:
        DataError: A value does not fit its column, by the rows of X, ``table``.
    """
    try:
        x = encode(rows.table)
    except DataError:
        encode(table)
        raise
    return Prepared(
        config=config,
        identity="",
        table=rows.table,
        target=rows.target,
        columns=[],
        split=hold_out_rows(config, rows, hold_out=hold_out),
        encoder=Encoder(encode.statistics),
        scaling=scaling,
        x=x,
        y=rows.y,
        weight=rows.weight(),
        sample_weight=rows.sample_weight,
        notes=(),
    )


def as_asked(
    prepared: Prepared, params: Mapping[str, Any], facts: Facts | None = None
) -> Prepared:
    """Return the job with all settings, its optimizer last.

    Args:
        prepared: From `prepare_rows` or `encode_rows`.
        params: The estimator's.
        facts: Of the data that the network was built for, where there is one.

    Raises:
        UsageError: An option of the solver is wrong, it or a patience would have no
            effect, or `[decision]` does not fit the task or the rows.
    """
    check_patience(prepared.config, prepared.split)
    filled = by_recipe(prepared, facts)
    check_decision(filled, how=VALIDATION)
    return replace(filled, config=with_solver(filled.config, params))


def train_rows(
    prepared: Prepared,
    params: Mapping[str, Any],
    *,
    weights: Sequence[np.ndarray] | None = None,
    label: str,
) -> tuple[keras.Model, keras.callbacks.History, HeldOut | None]:
    """Return the trained network, its history, and what folds answered.

    Args:
        prepared: From `prepare_rows`.
        params: The estimator's.
        weights: To start from.
        label: What the progress bar names.

    Raises:
        DataError: The loss or a weight is not finite, or there are fewer rows than
            folds.
        UsageError: There are no rows to tell the best epochs of several seeds by.
    """
    training = prepared.config.training
    plan = Plan.of(prepared, prepared.config.ensemble)
    l2 = penalty_of(params, prepared)

    def initialize(model: keras.Model) -> None:
        if weights is not None:
            model.set_weights(weights)
        if l2:
            penalize(model, l2)

    callbacks, patience = stopping(plan, params)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of divergence: told below
        model, history, held = train_members(
            plan,
            prepared.config.model,
            training.model_copy(update={"patience": patience}),
            label=label,
            progress=bool(params["verbose"]),
            callbacks=callbacks,
            initialize=initialize,
        )
    check_trained(model, history, training.learning_rate)
    return model, history, held


def train_part(
    model: keras.Model, prepared: Prepared, params: Mapping[str, Any], *, parts: int
) -> tuple[keras.Model, keras.callbacks.History]:
    """Pass once over some rows with a network that is there, and its optimizer.

    Args:
        model: As it was left.
        prepared: From `encode_rows`.
        params: The estimator's.
        parts: Passes so far: each one has its own order of rows.

    Raises:
        DataError: The loss or a weight is not finite.
    """
    l2 = penalty_of(params, prepared)
    if l2 and not is_penalized(model):
        penalize(model, l2)
    training = prepared.config.training
    x, y, *weight = prepared.batch(prepared.split.train)
    with placement(training), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of divergence: told below
        history = fit(
            model,
            x,
            y,
            batch_size=batch_size_of(len(x), training),
            epochs=1,
            sample_weight=weight[0] if weight else None,
            seed=(prepared.config.seed + parts) % 2**31,
        )
    check_trained(model, history, training.learning_rate)
    return model, history


def check_trained(
    model: keras.Model, history: keras.callbacks.History, learning_rate: float
) -> None:
    """Raise a `DataError` where training diverged and no good epoch was kept."""
    bad = getattr(history, "divergence", None)
    finite = all(np.isfinite(w).all() for w in model.get_weights())
    if finite and bad is None:
        return
    if finite and getattr(history, "best_epoch", None) is not None:
        warnings.warn(f"the best epoch is kept, but {bad}", UserWarning, stacklevel=4)
        return
    msg = f"training diverged: {bad or 'a weight is not finite'}; lower "
    raise DataError(f"{msg}learning_rate_init, {learning_rate:g}")


def _columns(config: Config, table: pa.Table, marked: Sequence[str]) -> list[Column]:
    """Kinds as in a run, but for numbers and for marked categories, which are these."""
    kinds = marked_kinds(table, marked, config.columns)
    for name in table.column_names:
        values = table.column(name)
        number = pa.types.is_integer(values.type) or pa.types.is_floating(values.type)
        if number and values.null_count < len(values):
            kinds.setdefault(name, "numeric")
    return infer_columns(table, kinds=kinds)


def _matters(column: Column) -> bool:
    """Whether a note is news: constant columns are left out without a word."""
    return bool(column.note) and column.note != "as configured" and column.values > 1


def _repeated(rows: np.ndarray, weight: np.ndarray | None) -> np.ndarray | None:
    """Rows as often as their whole weights say, so that the statistics are the same."""
    if weight is None or not are_counts(weight[rows], _MOST_REPEATS * len(rows)):
        return None
    return np.repeat(rows, weight[rows].astype(np.int64))
