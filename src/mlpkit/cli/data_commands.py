"""Commands that need no TensorFlow: describe, config."""

import json
from typing import Any

import click

_NO_TARGET = ("\0",)  # a configuration needs one, and no column has this name
_FILES = ("path", "validation", "test")
_SET = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a setting."
)


@click.command()
@click.argument("data")
@click.option("--target", default="", help="Target column(s), comma-separated.")
@_SET
def describe(data: str, target: str, overrides: tuple[str, ...]) -> None:
    """Show the columns of DATA: their kinds, values, missing rows, and the task."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from mlpkit.config import load_config
    from mlpkit.data import infer_columns
    from mlpkit.data.read import check_types
    from mlpkit.data.target import check_columns
    from mlpkit.errors import UsageError

    asked = [name.strip() for name in target.split(",") if name.strip()]
    job = load_config({"data": {"target": asked or _NO_TARGET}}, overrides)
    read = job.data
    for key in _FILES:
        if getattr(read, key) is not None:
            msg = f"data.{key}: must be left out, describe reads {data} alone"
            raise UsageError(msg)
    targets = [] if read.target == _NO_TARGET else list(read.target)
    found = _survey(data, targets, job)
    table = found.sample
    check_types(table.column_names, read.types)
    exclude = [*targets]
    named = {"data.sample_weight": read.sample_weight, "split.column": job.split.column}
    for key, name in named.items():
        if name is not None:
            check_columns(table, [name], what=key)
            exclude.append(name)
    shown = Table("column", "kind", "values", "missing", "note")
    for column in infer_columns(
        table, kinds=job.columns, exclude=exclude, strict=False, rows=found.rows
    ):
        shown.add_row(
            escape(column.name),
            column.kind,
            str(column.values),
            str(column.missing),
            escape(column.note),
        )
    console = Console()
    console.print(f"{data}: {found.rows} rows, {table.num_columns} columns")
    if table.num_rows < found.rows:
        console.print(f"kinds, values and missing of {table.num_rows} rows drawn")
    console.print(shown)
    if targets:
        asked_for = found.target(targets, read.task)
        classes = ", ".join(map(str, asked_for.classes[:10]))
        task = f"task: {asked_for.task} ({asked_for.note}) {classes}"
        console.print(task, highlight=False)


def _survey(data: str, targets: list[str], job: Any) -> Any:
    """All rows of a table, or where they are many a sample of them."""
    import numpy as np

    from mlpkit.data import Survey, TableBlocks, read_table, survey
    from mlpkit.data.blocks import is_large
    from mlpkit.data.columns import categories_of
    from mlpkit.data.target import check_columns

    how = {
        "missing_values": job.data.missing_values,
        "types": job.data.types,
        "categories": categories_of(job.columns),
    }
    if is_large(data):
        return survey(TableBlocks(data, **how), targets, seed=job.seed)
    table = read_table(data, **how)
    check_columns(table, targets)
    rows = table.num_rows
    return Survey(rows, table, np.arange(rows), table.select(targets).slice(0, 0))


@click.command()
@click.argument("path", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON schema for editors.")
@_SET
def config(path: str | None, schema: bool, overrides: tuple[str, ...]) -> None:
    """Check the configuration PATH; print it, what its recipe sets, and defaults."""
    from mlpkit.config import Config, explained, load_config

    if schema:
        click.echo(json.dumps(Config.model_json_schema(), indent=2))
    elif path is None:
        msg = "give a configuration file, or --schema"
        raise click.UsageError(msg)
    else:
        click.echo(explained(load_config(path, overrides)))
