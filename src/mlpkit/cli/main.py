"""``mlpkit``: the group of commands, and how errors reach people."""

import sys
import traceback
from typing import Any

import click

from mlpkit import __version__
from mlpkit.cli.data_commands import config, describe
from mlpkit.cli.run_commands import (
    evaluate,
    export,
    predict,
    report,
    train,
    tune,
)
from mlpkit.errors import MlpkitError


class _Group(click.Group):
    """Prints our errors as one message; ``-v`` shows where they come from."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MlpkitError as error:
            if ctx.params.get("verbose"):
                traceback.print_exc()
            click.echo(f"Error: {error}", err=True)
            sys.exit(error.exit_code)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except BrokenPipeError:  # `mlpkit … | head` has read enough: click ends it
            raise
        except Exception as error:  # noqa: BLE001 - the last resort of a command line
            if ctx.params.get("verbose"):
                traceback.print_exc()
            name = type(error).__name__
            click.echo(f"Error: unexpected {name}: {error} (-v shows where)", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            sys.exit(1)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        # `mlpkit train -v` as well as `mlpkit -v train`
        if "-v" in args:
            ctx.params["verbose"] = True
            args = [a for a in args if a != "-v"]
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks.")
@click.version_option(__version__, prog_name="mlpkit")
def main(verbose: bool) -> None:
    """From a table to a served feed-forward network."""


_COMMANDS: tuple[click.Command, ...] = (
    describe,
    train,
    evaluate,
    predict,
    report,
    export,
    tune,
    config,
)
for _command in _COMMANDS:
    main.add_command(_command)
