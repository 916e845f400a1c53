"""Answers to rows that their network has not seen, as a table."""

import pyarrow as pa

from mlpkit.runs.answers import Answers
from mlpkit.runs.members import HeldOut
from mlpkit.runs.prepared import Prepared


def out_of_fold(prepared: Prepared, answers: Answers, held: HeldOut) -> pa.Table:
    """Return `row`, `fold`, the target, and the answers as `Run.predict` names them."""
    found = answers.as_table(answers.of_output(held.output))
    target = prepared.table.select(list(prepared.target.columns)).take(held.rows)
    columns = {"row": pa.array(held.rows), "fold": pa.array(held.folds)}
    for table in (target, found):
        columns |= {name: table.column(name) for name in table.column_names}
    return pa.table(columns)
