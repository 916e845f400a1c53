"""Columns and types of several files that are one table."""

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from mlpkit.data.formats import CsvTable, TableFile
from mlpkit.data.read import check_names, plain, reading
from mlpkit.errors import DataError


def texts_in_some_files(files: Sequence[TableFile]) -> list[str]:
    """Return the columns of CSV files that are to be texts in all: their types differ.

    As where a column of one file has values of several types.
    """
    if len(files) < 2 or not all(isinstance(file, CsvTable) for file in files):
        return []
    counts = [Counter(file.schema.names) for file in files]
    names = [name for name in counts[0] if all(count[name] == 1 for count in counts)]
    tables = [file.schema.empty_table().select(names) for file in files]
    schemas = [plain(table, ()).schema for table in tables]
    return [name for name in names if not _fit([s.field(name) for s in schemas])]


def common_schema(
    files: Sequence[TableFile], missing_values: Sequence[str]
) -> pa.Schema:
    """Return the first file's columns, in the types that hold the values of all files.

    Raises:
        DataError: A file lacks a column, or has it in a type that does not fit.
    """
    schemas: list[pa.Schema] = []
    for file in files:
        with reading(file.path):
            check_names(file.schema.names, str(file.path))
            schema = plain(file.schema.empty_table(), missing_values).schema
        names = schemas[0].names if schemas else schema.names
        known = {*schema.names}
        lacking = [name for name in names if name not in known]
        if lacking:
            msg = f"{file.path}: must have the columns of {files[0].path}, it lacks "
            raise DataError(msg + ", ".join(lacking))
        schemas.append(pa.schema([schema.field(name) for name in names]))
        for name in names:
            first, last = (s.field(name) for s in (schemas[0], schemas[-1]))
            if not _fit([first, last]):
                msg = f"{file.path}: column '{name}' must be of one type in all files, "
                msg += f"it is {last.type}, and {first.type} in {files[0].path}"
                raise DataError(msg)
    return pa.unify_schemas(schemas, promote_options="permissive")


def _fit(fields: Sequence[pa.Field]) -> bool:
    """Tell whether there is a type that holds the values of all these columns."""
    if all(field.type == fields[0].type for field in fields):
        return True
    try:
        schemas = [pa.schema([field]) for field in fields]
        pa.unify_schemas(schemas, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return False
    return True
