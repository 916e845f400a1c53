"""Answers to a file or to standard output, one block after the other."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from mlpkit.errors import OutputError, UsageError

_WRITERS = {".csv": pyarrow.csv.CSVWriter, ".parquet": pyarrow.parquet.ParquetWriter}


def check_output(output: str | None, data: str) -> None:
    """Raise where answers cannot be written to the file that is asked for.

    Raises:
        UsageError: It is no CSV or Parquet file, or lies where the rows come from.
    """
    if output is None:
        return
    path, source = Path(output).resolve(), Path(data).resolve()
    if path.suffix not in _WRITERS:
        msg = f"-o: the file must end in .csv or .parquet, got {output}"
        raise UsageError(msg)
    if path == source or (source.is_dir() and path.parent == source):
        where = "another file than DATA" if path == source else "outside of DATA"
        msg = f"-o: must be {where}, got {output} and {data}"
        raise UsageError(msg)


def print_answers(answers: Iterable[pa.Table]) -> None:
    """Write CSV to standard output."""
    for i, block in enumerate(answers):
        sink = pa.BufferOutputStream()
        options = pyarrow.csv.WriteOptions(include_header=not i)
        pyarrow.csv.write_csv(block, sink, options)
        click.echo(sink.getvalue().to_pybytes(), nl=False)


def write_answers(answers: Iterable[pa.Table], output: str) -> int:
    """Write a CSV or Parquet file, whole or not at all; return the number of rows.

    Args:
        answers: Blocks of one schema, at least one.
        output: Path of the file.

    Raises:
        OutputError: The file cannot be written.
    """
    path = Path(output)
    temporary = path.with_name(f".{path.name}.partial")
    blocks = iter(answers)
    rows = 0
    first = next(blocks)
    try:
        with (
            _WRITERS[path.suffix](str(temporary), first.schema) as file,
            _progress() as tell,
        ):
            for block in chain([first], blocks):
                file.write_table(block)
                rows += block.num_rows
                tell(rows)
        temporary.replace(path)
    except OSError as error:
        msg = f"{output}: must be writable, got: {error.strerror or error}"
        raise OutputError(msg) from None
    finally:
        with suppress(OSError):
            temporary.unlink()
    return rows


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """A line on standard error, where that is a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("answering") as status:
        yield lambda rows: status.update(f"answering: {rows:,} rows")
