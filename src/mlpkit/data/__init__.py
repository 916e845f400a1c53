"""Tables in: read any source into Arrow, tell the columns' kinds, split the rows."""

from mlpkit.data.columns import Column, infer_columns
from mlpkit.data.digest import table_digest
from mlpkit.data.read import read_table
from mlpkit.data.split import Split, split_rows
from mlpkit.data.target import Target, infer_target

__all__ = [
    "Column",
    "Split",
    "Target",
    "infer_columns",
    "infer_target",
    "read_table",
    "split_rows",
    "table_digest",
]
