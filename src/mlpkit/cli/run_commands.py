"""Commands that train, ask and export."""

import sys
from pathlib import Path
from shlex import quote
from typing import Any

import click

from mlpkit.cli.quiet import start_tensorflow

_SET = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a setting."
)
_DATA = click.option("--data", help="CSV, TSV, Parquet or Arrow file, sklearn:NAME.")
_TARGET = click.option("--target", help="Target column(s), comma-separated.")
_RUNS = click.option("--runs", default="runs", show_default=True, help="Runs folder.")


def _load(
    source: str | None, data: str | None, target: str | None, overrides: tuple[str, ...]
) -> Any:
    """The checked configuration, before TensorFlow is started."""
    from mlpkit.config import load_config

    if source is None and (data is None or target is None):
        msg = "give a CONFIG.toml, or --data FILE and --target COLUMN"
        raise click.UsageError(msg)
    if source is not None and Path(source).suffix in {".csv", ".tsv", ".parquet"}:
        msg = f"{source} is a table: give it as --data {source} --target COLUMN"
        raise click.UsageError(msg)
    given = []
    if data is not None:
        given.append(f"data.path={_quoted(data)}")
    if target is not None:
        names = ", ".join(
            _quoted(name.strip()) for name in target.split(",") if name.strip()
        )
        given.append(f"data.target=[{names}]")
    return load_config(source or {}, [*given, *overrides])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@click.command()
@click.argument("config", required=False)
@_DATA
@_TARGET
@_SET
@_RUNS
@click.option("--export", "exports", is_flag=True, help="Export the trained model.")
def train(
    config: str | None,
    data: str | None,
    target: str | None,
    overrides: tuple[str, ...],
    runs: str,
    exports: bool,
) -> None:
    """Train a network from CONFIG, or from --data and --target alone."""
    job = _load(config, data, target, overrides)
    start_tensorflow()
    from mlpkit.runs import train as run_training

    run = run_training(job, folder=runs, progress=True, report=click.echo)
    _show_metrics(run.metrics)
    click.echo(f"run: {run.path}")
    if exports:
        _export(run, None)
    else:
        click.echo(f"next: mlpkit export {quote(str(run.path))}")


@click.command()
@click.argument("run")
@click.argument("data")
def evaluate(run: str, data: str) -> None:
    """Measure RUN on the labelled rows of DATA, a file or a folder of files."""
    start_tensorflow()
    from mlpkit.runs import Run

    for name, value in Run.open(run).evaluate(data, report=click.echo).items():
        click.echo(f"{name:10} {value:.6g}")


@click.command()
@click.argument("run")
@click.argument("data")
@click.option("-o", "--output", help="CSV or Parquet file; CSV to standard output.")
def predict(run: str, data: str, output: str | None) -> None:
    """Answer the rows of DATA, a file or a folder of files, by RUN."""
    from mlpkit.cli.answers_file import check_output, print_answers, write_answers

    check_output(output, data)
    start_tensorflow()
    from mlpkit.runs import Run

    answers = Run.open(run).predict_blocks(data)
    if output is None:
        print_answers(answers)
    else:
        click.echo(f"{write_answers(answers, output)} rows: {output}")


@click.command()
@click.argument("run")
@_DATA
def report(run: str, data: str | None) -> None:
    """Write RUN's report.html again; --data is its table, where that has moved."""
    start_tensorflow()
    from mlpkit.runs import Run

    click.echo(f"report: {Run.open(run).report(data)}")


@click.command()
@click.argument("run")
@click.option("--to", help="Folder; saved_models/<name> if left.")
@click.option("--no-verify", is_flag=True, help="Skip the check in a fresh process.")
def export(run: str, to: str | None, no_verify: bool) -> None:
    """Write RUN as a SavedModel that takes raw rows."""
    start_tensorflow()
    from mlpkit.runs import Run

    _export(Run.open(run), to, verify=not no_verify)


@click.command()
@click.argument("config", required=False)
@_DATA
@_TARGET
@_SET
@_RUNS
@click.option("--trials", type=int, help="How many; search.trials if left.")
@click.option("--time", "limit", help="For how long, such as 10m or 2h.")
@click.option("--ensemble", type=int, help="Best trials for a weighted mean, a run.")
@click.option("--workers", type=int, help="Train in so many processes.")
def tune(
    config: str | None,
    data: str | None,
    target: str | None,
    overrides: tuple[str, ...],
    runs: str,
    trials: int | None,
    limit: str | None,
    ensemble: int | None,
    workers: int | None,
) -> None:
    """Search the settings of CONFIG's [search.space]; goes on where it was stopped."""
    given = [] if trials is None else [f"search.trials={trials}"]
    given += [] if limit is None else [f"search.time={_quoted(limit)}"]
    given += [] if ensemble is None else [f"search.ensemble={ensemble}"]
    job = _load(config, data, target, (*overrides, *given))
    start_tensorflow()
    from mlpkit.tuning import tune as search

    result = search(
        job,
        folder=runs,
        workers=workers,
        progress=sys.stdout.isatty(),
        report=click.echo,
    )
    if result.tuner.is_worker:
        return  # the chief tells what was found
    click.echo(f"results: {result.report}")
    if result.best_config is not None:
        final = result.path / "final.toml"
        on_all = f", {final.name} for every row" if final.exists() else ""
        click.echo(
            f"next: mlpkit train {quote(str(result.path / 'best.toml'))}{on_all}"
        )


def _export(run: Any, to: str | None, *, verify: bool = True) -> None:
    from mlpkit.exporting import export as write

    checked = verify and run.config.export.verify
    path = write(run, to, verify=checked)
    suffix = " (same answers in a fresh TensorFlow process)" if checked else ""
    click.echo(f"exported: {path}{suffix}")


def _show_metrics(metrics: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    models = [name for name in ("network", "baseline") if name in metrics]
    shown = Table("rows", "metric", *models)
    for part, values in metrics["network"].items():
        for name in values:
            figures = [f"{metrics[model][part][name]:.4f}" for model in models]
            shown.add_row(part, name, *figures)
    if shown.row_count:
        Console().print(shown)
    else:
        click.echo("all rows have trained: there are none to measure by")
    found = metrics.get("calibration")
    if found:
        errors = f"{found['ece_before']:.4f} → {found['ece_after']:.4f}"
        click.echo(
            f"temperature {found['value']:.3g}: calibration error of the validation "
            f"rows {errors}"
        )
    stopped = f"{metrics['epochs']} epochs, {metrics['seconds']} s"
    click.echo(f"{stopped}; baseline: one layer without hidden units")
