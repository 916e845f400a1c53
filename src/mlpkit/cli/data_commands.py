"""Commands that need no TensorFlow: describe, config."""

import json

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
    from mlpkit.data import infer_columns, infer_target, read_table
    from mlpkit.data.columns import categories_of
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
    table = read_table(
        data,
        missing_values=read.missing_values,
        types=read.types,
        categories=categories_of(job.columns),
    )
    check_types(table.column_names, read.types)
    check_columns(table, targets)
    exclude = [*targets]
    named = {"data.sample_weight": read.sample_weight, "split.column": job.split.column}
    for key, name in named.items():
        if name is not None:
            check_columns(table, [name], what=key)
            exclude.append(name)
    shown = Table("column", "kind", "values", "missing", "note")
    for column in infer_columns(
        table, kinds=job.columns, exclude=exclude, strict=False
    ):
        shown.add_row(
            escape(column.name),
            column.kind,
            str(column.values),
            str(column.missing),
            escape(column.note),
        )
    console = Console()
    console.print(f"{data}: {table.num_rows} rows, {table.num_columns} columns")
    console.print(shown)
    if targets:
        found = infer_target(table, targets, read.task)
        classes = ", ".join(map(str, found.classes[:10]))
        console.print(f"task: {found.task} ({found.note}) {classes}", highlight=False)


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
