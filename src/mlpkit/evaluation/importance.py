"""Permutation importance: how much worse the answers get without a column."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from mlpkit.config import TaskName
from mlpkit.errors import DataError, UsageError, suggest
from mlpkit.evaluation.inputs import check_rows
from mlpkit.evaluation.metrics import LEADING, evaluate, higher_is_better

Scores = Callable[[pa.Table], np.ndarray]
Progress = Callable[[int, int], None]
Columns = Sequence[str] | Mapping[str, Sequence[str]]


def permutation_importance(
    table: pa.Table,
    y: np.ndarray,
    scores: Scores,
    task: TaskName,
    *,
    columns: Columns | None = None,
    metric: str | None = None,
    repeats: int = 5,
    seed: int = 1,
    sample_weight: np.ndarray | None = None,
    progress: Progress = lambda done, total: None,
) -> pa.Table:
    """Permute raw columns one after the other and return the drop in a metric.

    importance = m(y, scores(table)) - mean over repeats of m(y, scores(permuted)),
    for a metric m where higher is better, with the sign turned where lower is: positive
    means that the column helps. It is about the model, not the world: of two columns
    that tell the same either may look useless; permute them as one group.

    Args:
        table: Rows that were not trained on, features as `scores` takes them.
        y: Their target, as `Target.encode` gives it.
        scores: Table → predicted values or probabilities, as `evaluate` takes them.
        task: Key of ``TASKS``.
        columns: Names of the columns to permute, each alone; or a name → columns that
            are permuted as one block, whole rows of it. Each column alone if left.
        metric: Key of what `evaluate` returns; the task's leading one if left.
        repeats: Permutations, >= 2; the same ones for every column.
        seed: Of the permutations.
        sample_weight: Weight of each row; it stays with its target.
        progress: Called with the permutations done and their total.

    Returns:
        A table of ``column``, ``importance`` and ``std`` (of one repeat, n - 1 in the
        denominator), the most important first, equal ones as given.

    Raises:
        UsageError: An unknown column or metric, an empty block, too few repeats.
        DataError: Fewer than two rows, or a metric undefined for them.

    >>> table = pa.table({"size": [1.0, 2.0, 3.0, 4.0], "noise": [7, 1, 9, 2]})
    >>> y = np.array([[1.0], [2.0], [3.0], [4.0]])
    >>> found = permutation_importance(
    ...     table, y, lambda t: t["size"].to_numpy()[:, None], "regression"
    ... )
    >>> found["column"].to_pylist(), found["importance"][1].as_py()
    (['size', 'noise'], 0.0)

    References: Breiman 2001, section 10; Fisher, Rudin & Dominici 2019 for any model.
    """
    blocks = _blocks(table, columns)
    metric = metric or LEADING[task]
    _check_repeats(repeats)
    rows = check_rows("importance", y=y, table=np.zeros(table.num_rows))
    if rows < 2:
        msg = "importance: there must be two rows or more to permute, got 1"
        raise DataError(msg)

    def measured(permuted: pa.Table) -> float:
        found = evaluate(task, y, scores(permuted), sample_weight=sample_weight)
        return _value(found, metric, task)

    sign = 1 if higher_is_better(metric) else -1
    whole = measured(table)
    generator = np.random.default_rng(seed)
    orders = [generator.permutation(rows) for _ in range(repeats)]
    drops = np.empty((len(blocks), repeats))
    for i, members in enumerate(blocks.values()):
        for j, order in enumerate(orders):
            permuted = _permuted(table, members, order)
            drops[i, j] = sign * (whole - measured(permuted))
            progress(i * repeats + j + 1, drops.size)
    means = drops.mean(axis=1)
    sorted_by = np.argsort(-means, kind="stable")
    names = list(blocks)
    return pa.table(
        {
            "column": pa.array([names[i] for i in sorted_by], pa.string()),
            "importance": means[sorted_by],
            "std": drops.std(axis=1, ddof=1)[sorted_by],
        }
    )


def _blocks(table: pa.Table, columns: Columns | None) -> dict[str, tuple[str, ...]]:
    """Name in the result → columns permuted together."""
    names = table.column_names if columns is None else columns
    given = names if isinstance(names, Mapping) else {name: (name,) for name in names}
    blocks = {block: tuple(members) for block, members in given.items()}
    for block, members in blocks.items():
        if not members:
            msg = f"importance: block '{block}' must have columns, got none"
            raise UsageError(msg)
        for name in members:
            if name not in table.column_names:
                near = suggest(name, table.column_names)
                msg = f"importance: the table has no column '{name}'{near}"
                raise UsageError(msg)
    return blocks


def _check_repeats(repeats: int) -> None:
    if repeats < 2:
        msg = f"importance: repeats must be >= 2, got {repeats}"
        raise UsageError(msg)


def _value(found: Mapping[str, float], metric: str, task: TaskName) -> float:
    if metric in found:
        return found[metric]
    if metric == LEADING[task]:  # left out by `evaluate` for these rows
        msg = f"importance: '{metric}' is undefined for these rows; choose a metric of "
        raise DataError(f"{msg}{', '.join(found)}")
    msg = f"importance: no metric '{metric}'{suggest(metric, found)}"
    raise UsageError(msg)


def _permuted(table: pa.Table, members: Sequence[str], order: np.ndarray) -> pa.Table:
    for name in members:
        place = table.column_names.index(name)
        values = table.column(place).take(pa.array(order))
        table = table.set_column(place, table.schema.field(place), values)
    return table
