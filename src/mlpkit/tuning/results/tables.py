"""All trials as a table: `results.parquet` with the curves, `trials.csv` without."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from mlpkit.tuning.aside import aside
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.objective import Objective, front, ranked
from mlpkit.tuning.results.parameter import Parameter, plain

_LARGEST = 2**63 - 1


def trial_table(
    records: Sequence[TrialRecord],
    parameters: Iterable[Parameter],
    objectives: Sequence[Objective],
) -> pa.Table:
    """Return one row per trial, the best first; those without a score come last.

    ===================  ===============================================================
    ``number``           then ``trial``, ``status``, ``score``
    ``pareto``           whether no other trial beats it; of several objectives only
    its hyperparameters  by name; null where a trial does not have it
    its metrics          by name, at the best epoch
    ``epochs``           then ``best_epoch`` (from 0), ``seconds``, ``started``,
                         ``seed``, ``worker``, ``message``, ``traceback``
    ``curve_<name>``     lists with one number per epoch
    ===================  ===============================================================

    A hyperparameter or metric whose name is taken already is ``value_<name>`` or
    ``metric_<name>``. Hyperparameters are integers, numbers or booleans where all their
    values are, else text.

    Args:
        records: Trials, of any status.
        parameters: Of the space, in the order of the columns.
        objectives: Of the search.

    Raises:
        UsageError: No objective.
    """
    ordered = ranked(records, objectives)
    columns: dict[str, pa.Array] = {
        "number": pa.array([r.number for r in ordered], pa.int64()),
        "trial": pa.array([r.trial for r in ordered], pa.string()),
        "status": pa.array([r.status for r in ordered], pa.string()),
        "score": pa.array([r.score for r in ordered], pa.float64()),
    }
    if len(objectives) > 1:
        best = {id(record) for record in front(records, objectives)}
        columns["pareto"] = pa.array([id(r) in best for r in ordered], pa.bool_())
    last = _last_columns(ordered)
    taken = {*columns, *last}
    space = dict.fromkeys(parameter.name for parameter in parameters)
    for parameter in space | dict.fromkeys(_keys(r.values for r in records)):
        name = _free(parameter, "value_", {*taken, *columns})
        columns[name] = _values(parameter, ordered)
    for metric in _keys(r.metrics for r in records):
        name = _free(metric, "metric_", {*taken, *columns})
        found = [r.metrics.get(metric) for r in ordered]
        columns[name] = pa.array(map(plain, found), pa.float64())
    columns.update(last)
    for curve in _keys(r.curves for r in records):
        lists = [_numbers(r.curves.get(curve)) for r in ordered]
        name = _free(f"curve_{curve}", "curve_", set(columns))
        columns[name] = pa.array(lists, pa.list_(pa.float64()))
    return pa.table(columns)


def write_tables(folder: Path, table: pa.Table) -> None:
    """Write ``results.parquet`` and ``trials.csv``, each whole or not at all.

    Args:
        folder: It is made.
        table: From `trial_table`. Curves and tracebacks are in Parquet only.

    Raises:
        OutputError: A file cannot be written.
    """
    with aside(folder / "results.parquet") as path:
        pa.parquet.write_table(table, path)
    lists = [f.name for f in table.schema if pa.types.is_list(f.type)]
    with aside(folder / "trials.csv") as path:
        pa.csv.write_csv(table.drop([*lists, "traceback"]), path)


def _last_columns(ordered: Sequence[TrialRecord]) -> dict[str, pa.Array]:
    return {
        "epochs": pa.array([r.epochs for r in ordered], pa.int64()),
        "best_epoch": pa.array([r.best_epoch for r in ordered], pa.int64()),
        "seconds": pa.array([r.seconds for r in ordered], pa.float64()),
        "started": pa.array([r.started for r in ordered], pa.float64()),
        "seed": _typed([r.seed for r in ordered]),
        "worker": pa.array([r.worker for r in ordered], pa.string()),
        "message": pa.array([r.message for r in ordered], pa.string()),
        "traceback": pa.array([r.traceback for r in ordered], pa.string()),
    }


def _keys(mappings: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(key for mapping in mappings for key in mapping))


def _free(name: str, prefix: str, taken: set[str]) -> str:
    while name in taken:
        name = prefix + name
    return name


def _numbers(curve: Iterable[Any] | None) -> list[float] | None:
    return None if curve is None else [float(value) for value in curve]


def _values(name: str, ordered: Sequence[TrialRecord]) -> pa.Array:
    known = [plain(r.values[name]) for r in ordered if name in r.values]
    places = iter(range(len(known)))
    rows = [next(places) if name in r.values else None for r in ordered]
    return _typed(known).take(pa.array(rows, pa.int64()))


def _typed(values: list[Any]) -> pa.Array:
    """As the kind that all values are: booleans, whole numbers, numbers, else text."""
    kinds = set(map(type, values))
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {int} and all(abs(value) <= _LARGEST for value in values):
        return pa.array(values, pa.int64())
    if kinds and kinds <= {int, float} and kinds != {int}:
        return pa.array(map(float, values), pa.float64())
    return pa.array(map(str, values), pa.string())
