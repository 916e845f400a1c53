"""Whether a table is the one that a run was trained on."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.data import Split
from mlpkit.errors import DataError
from mlpkit.preprocessing import TableEncoder
from mlpkit.runs.answers import Answers
from mlpkit.runs.measured import measure
from mlpkit.runs.prepared import Prepared

_EXAMPLES = 64
# another device, or a table read from another format, moves the last digits only
_RELATIVE, _ABSOLUTE = 1e-2, 1e-3


def example_rows(split: Split) -> np.ndarray:
    """Return the rows that a run keeps: held-back ones where there are any."""
    parts = (split.test, split.validation, split.train)
    return next((rows for rows in parts if len(rows)), split.train)[:_EXAMPLES]


def check_same_table(
    prepared: Prepared,
    answers: Answers,
    metrics: Mapping[str, Any],
    examples: pa.Table,
    where: str,
) -> None:
    """Raise a `DataError` where the rows are not those that a run was measured on.

    Their number, some rows' features and the metrics are compared: no run keeps a
    digest of its rows alone, and the same rows may come from a file of another format.

    Args:
        prepared: The job with the table in question.
        answers: The run's.
        metrics: As in ``metrics.json``.
        examples: The rows that the run has kept.
        where: The run, for the message.
    """
    must = f"{where}: the table must be that of the run, with"
    if prepared.rows != metrics["rows"]:
        msg = f"{must} the rows {metrics['rows']}, got {prepared.rows}"
        raise DataError(msg)
    hint = "; pass the table that it was trained on, its rows in the same order"
    kept = TableEncoder(answers.encoder)(examples)
    same = np.isclose(kept, prepared.x[example_rows(prepared.split)], equal_nan=True)
    if not same.all():
        odd = int(np.flatnonzero(~same.all(axis=1))[0])
        msg = f"{must} the rows of examples.parquet held back, got another row for its "
        raise DataError(f"{msg}row {odd}{hint}")
    by_folds = prepared.config.ensemble.name == "folds"  # measured by members, then
    for part, found in measure(prepared, answers).items():
        if part == "validation" and by_folds:
            continue
        for name, value in metrics["network"].get(part, {}).items():
            if not _close(value, found.get(name)):
                msg = f"{must} a {name} of {value:.6g} on its {part} rows, got "
                raise DataError(f"{msg}{found.get(name, math.nan):.6g}{hint}")


def check_texts(table: pa.Table, learned: Mapping[str, pa.DataType]) -> None:
    """Raise a `DataError` where categories that were texts come in another type.

    Dates, times and booleans have several texts, and one that was not learned would be
    taken for an unknown category.

    Args:
        table: As `read_table` returns it.
        learned: Type of each column of texts as categories, in the run's table.
    """
    for name, kind in learned.items():
        if name not in table.column_names or not pa.types.is_string(kind):
            continue
        found = table.schema.field(name).type
        if pa.types.is_temporal(found) or pa.types.is_boolean(found):
            msg = f"column '{name}': values must be the texts that the run has learned"
            raise DataError(f"{msg}, got {found}; write them as these texts")


def _close(kept: float, found: float | None) -> bool:
    if found is None:
        return False
    both = math.isnan(kept) and math.isnan(found)
    return both or math.isclose(kept, found, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
