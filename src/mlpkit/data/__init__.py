"""Tables in: read any source into Arrow, tell the columns' kinds, split the rows."""

from mlpkit.data.blocks import Block, TableBlocks
from mlpkit.data.columns import Column, infer_columns
from mlpkit.data.digest import table_digest
from mlpkit.data.read import read_table
from mlpkit.data.row_split import RowSplit, collect
from mlpkit.data.split import Split, split_rows
from mlpkit.data.survey import Survey, survey
from mlpkit.data.target import Target, infer_target

__all__ = [
    "Block",
    "Column",
    "RowSplit",
    "Split",
    "Survey",
    "TableBlocks",
    "Target",
    "collect",
    "infer_columns",
    "infer_target",
    "read_table",
    "split_rows",
    "survey",
    "table_digest",
]
