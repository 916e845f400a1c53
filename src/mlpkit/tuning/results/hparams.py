"""TensorBoard's HParams view of a search: ``tensorboard --logdir <folder>``."""

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import tensorflow as tf
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import api_pb2, summary_v2
from tensorboard.plugins.hparams.summary import session_end_pb

from mlpkit.tuning.aside import aside
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.objective import Objective
from mlpkit.tuning.results.parameter import Parameter, covering, label, plain


def write_hparams(
    folder: Path,
    records: Sequence[TrialRecord],
    parameters: Iterable[Parameter],
    objectives: Sequence[Objective],
    *,
    began: float = 0.0,
) -> None:
    """Write ``<folder>/<trial>/`` for each trial that ended, and the search's columns.

    A trial's hyperparameters and its metrics at the best epoch are those of the view;
    ``epoch/<name>`` are its curves. What is there already is not written again.

    Args:
        folder: Of the event files; a trial's name is quoted as in a URL.
        records: Trials; running ones come when they have ended.
        parameters: Of the space.
        objectives: Of the search; the first metrics of the view.
        began: When the search did, in seconds since 1970.

    Raises:
        OutputError: A file cannot be written.
    """
    known = [p for p in covering(parameters, records) if p.choices or p.low <= p.high]
    names = dict.fromkeys(objective.name for objective in objectives)
    for record in records:
        names.update(dict.fromkeys(record.metrics))
    view = (known, tuple(names), began)
    _write(folder, repr(view), lambda: [_columns(known, names, began)])
    texts = {p.name for p in known if p.kind == "choice" and not _of_a_kind(p)}
    for record in records:
        if record.status != "running":
            trial = folder / quote(record.trial, safe="")
            given = (sorted(texts), began, record)
            _write(trial, repr(given), partial(_trial, record, texts, began))


def _columns(
    parameters: Sequence[Parameter], metrics: Iterable[str], began: float
) -> Event:
    summary = summary_v2.hparams_config_pb(
        hparams=[summary_v2.HParam(p.name, _domain(p)) for p in parameters],
        metrics=[summary_v2.Metric(name) for name in metrics],
        time_created_secs=began,
    )
    return Event(wall_time=began, summary=summary)


def _domain(parameter: Parameter) -> Any:
    if parameter.kind != "choice":
        return summary_v2.RealInterval(float(parameter.low), float(parameter.high))
    values = [plain(choice) for choice in parameter.choices]
    if not _of_a_kind(parameter):
        return summary_v2.Discrete([label(value) for value in values])
    numbers = not isinstance(values[0], bool | str)
    return summary_v2.Discrete([float(v) for v in values] if numbers else values)


def _is_plain(value: Any) -> bool:
    return isinstance(plain(value), bool | int | float | str)


def _of_a_kind(parameter: Parameter) -> bool:
    """Whether the view can hold the choices as they are."""
    kinds = {type(plain(choice)) for choice in parameter.choices}
    return kinds in ({bool}, {str}) or kinds <= {int, float}


def _trial(record: TrialRecord, texts: Container[str], began: float) -> list[Event]:
    start, end = began + record.started, began + record.started + record.seconds
    values = {
        name: label(value) if name in texts or not _is_plain(value) else plain(value)
        for name, value in record.values.items()
    }
    opening = summary_v2.hparams_pb(
        values, trial_id=record.trial, start_time_secs=start
    )
    events = [Event(wall_time=start, summary=opening)]
    for epoch in range(record.epochs):
        found = {
            f"epoch/{name}": curve[epoch]
            for name, curve in record.curves.items()
            if epoch < len(curve)
        }
        when = start + record.seconds * (epoch + 1) / record.epochs
        events.append(Event(wall_time=when, step=epoch, summary=_scalars(found)))
    metrics, best = _scalars(record.metrics), record.best_epoch or 0
    if record.metrics:
        events.append(Event(wall_time=end, step=best, summary=metrics))
    failed = record.status in {"failed", "invalid"}
    status = api_pb2.STATUS_FAILURE if failed else api_pb2.STATUS_SUCCESS
    # TensorFlow's message and not TensorBoard's, as the others are: of the same bytes
    closing = session_end_pb(status, end_time_secs=end).SerializeToString()
    return [*events, Event(wall_time=end, summary=Summary.FromString(closing))]


def _scalars(values: Mapping[str, Any]) -> Summary:
    return Summary(
        value=[
            Summary.Value(tag=name, simple_value=float(value))
            for name, value in values.items()
        ]
    )


def _write(folder: Path, content: str, events: Callable[[], list[Event]]) -> None:
    """Write the only event file of a folder, unless its content is there already."""
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    path = folder / f"events.out.tfevents.{digest}"
    if path.exists():
        return
    before = list(folder.glob("events.out.tfevents.*"))
    version = Event(wall_time=0.0, file_version="brain.Event:2")
    with aside(path, synced=False) as temporary:  # there are many, to be made again
        _record(temporary, [version, *events()])
    for old in before:
        old.unlink(missing_ok=True)


def _record(path: Path, events: Iterable[Event]) -> None:
    try:
        with tf.io.TFRecordWriter(str(path)) as writer:
            for event in events:
                writer.write(event.SerializeToString())
    except tf.errors.OpError as error:
        raise OSError(error.message) from None
