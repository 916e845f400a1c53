"""Commands that need no TensorFlow: describe, config."""

import json

import click


@click.command()
@click.argument("data")
@click.option("--target", default="", help="Target column(s), comma-separated.")
def describe(data: str, target: str) -> None:
    """Show the columns of DATA: their kinds, values, missing rows, and the task."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from mlpkit.data import infer_columns, infer_target, read_table

    table = read_table(data)
    targets = [name.strip() for name in target.split(",") if name.strip()]
    shown = Table("column", "kind", "values", "missing", "note")
    for column in infer_columns(table, exclude=targets, strict=False):
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
        found = infer_target(table, targets)
        classes = ", ".join(map(str, found.classes[:10]))
        console.print(f"task: {found.task} ({found.note}) {classes}", highlight=False)


@click.command()
@click.argument("path", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON schema for editors.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE")
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
