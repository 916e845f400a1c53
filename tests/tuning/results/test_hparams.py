import dataclasses

import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import (
    EventMultiplexer,
)
from tensorboard.context import RequestContext
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import (
    api_pb2,
    backend_context,
    get_experiment,
    list_session_groups,
)

from mlpkit.errors import OutputError
from mlpkit.tuning.results.hparams import write_hparams
from mlpkit.tuning.results.parameter import Parameter


class View:
    """What TensorBoard's own HParams plugin makes of a folder."""

    def __init__(self, folder):
        multiplexer = EventMultiplexer(size_guidance={"tensors": 1000})
        multiplexer.AddRunsFromDirectory(str(folder))
        multiplexer.Reload()
        self.provider = MultiplexerDataProvider(multiplexer, str(folder))
        self.context = backend_context.Context(
            base_plugin.TBContext(data_provider=self.provider)
        )
        self.experiment = get_experiment.Handler(
            RequestContext(), self.context, "", api_pb2.GetExperimentRequest()
        ).run()
        request = api_pb2.ListSessionGroupsRequest(
            start_index=0,
            slice_size=1000,
            allowed_statuses=[
                api_pb2.STATUS_SUCCESS,
                api_pb2.STATUS_FAILURE,
                api_pb2.STATUS_RUNNING,
                api_pb2.STATUS_UNKNOWN,
            ],
            col_params=[
                api_pb2.ColParams(metric=info.name)
                for info in self.experiment.metric_infos
            ],
        )
        found = list_session_groups.Handler(
            RequestContext(), self.context, "", request
        ).run()
        self.groups = {group.name: group for group in found.session_groups}


def plain(value):
    return getattr(value, value.WhichOneof("kind"))


def test_tensorboard_shows_values_and_metrics(records, parameters, objective, tmp_path):
    write_hparams(tmp_path, records, parameters, [objective], began=1e9)
    view = View(tmp_path)
    names = [info.name for info in view.experiment.hparam_infos]
    assert names == sorted(p.name for p in parameters)
    metrics = [info.name.tag for info in view.experiment.metric_infos]
    assert metrics == ["val_loss", "val_accuracy"]
    ended = [r for r in records if r.status != "running"]
    assert set(view.groups) == {r.trial for r in ended}
    for record in ended:
        group = view.groups[record.trial]
        found = {name: plain(value) for name, value in group.hparams.items()}
        assert found == dict(record.values)
        values = {m.name.tag: m.value for m in group.metric_values}
        assert values == pytest.approx(dict(record.metrics))
        session = group.sessions[0]
        bad = record.status in {"failed", "invalid"}
        assert session.status == (
            api_pb2.STATUS_FAILURE if bad else api_pb2.STATUS_SUCCESS
        )
        assert session.start_time_secs == 1e9 + record.started
        assert session.end_time_secs == 1e9 + record.started + record.seconds


def test_curves_by_epoch(records, parameters, objective, tmp_path):
    write_hparams(tmp_path, records[:1], parameters, [objective])
    (file,) = (tmp_path / "0001").iterdir()
    events = [
        tf.compat.v1.Event.FromString(raw.numpy())
        for raw in tf.data.TFRecordDataset(str(file))
    ]
    found = [
        (event.step, value.simple_value)
        for event in events
        for value in event.summary.value
        if value.tag == "epoch/val_loss"
    ]
    expected = records[0].curves["val_loss"]
    assert [step for step, _ in found] == list(range(len(expected)))
    assert [value for _, value in found] == pytest.approx(expected, rel=1e-6)


def test_only_what_changed_is_written_again(records, parameters, objective, tmp_path):
    records = [r for r in records if r.status != "running"][:3]
    write_hparams(tmp_path, records, parameters, [objective])
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("events*")}
    assert len(before) == 4
    records[1] = dataclasses.replace(records[1], metrics={"val_loss": 5.0})
    write_hparams(tmp_path, records, parameters, [objective])
    after = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("events*")}
    changed = {p.parent.name for p in set(before) ^ set(after)}
    assert changed == {records[1].trial}
    assert len(after) == 4
    assert {p: before[p] for p in set(before) & set(after)}.items() <= after.items()


def test_a_running_trial_comes_when_it_ended(records, parameters, objective, tmp_path):
    running = next(r for r in records if r.status == "running")
    write_hparams(tmp_path, [running], parameters, [objective])
    assert not (tmp_path / running.trial).exists()
    ended = dataclasses.replace(running, status="completed", metrics={"val_loss": 1.0})
    write_hparams(tmp_path, [ended], parameters, [objective])
    assert (tmp_path / running.trial).exists()


def test_odd_names_and_values(records, objective, tmp_path):
    values = {"hidden": [64, 32], "mixed": None, "flag": True, "count": 3}
    values["tuner/note"] = (1, 2)
    record = dataclasses.replace(records[0], trial="../a b", values=values)
    space = [
        Parameter("hidden", "choice", choices=([64, 32], [8])),
        Parameter("mixed", "choice", choices=(None, 0.5)),
        Parameter("flag", "choice", choices=(True, False)),
        Parameter("count", "choice", choices=(3, 4)),
        Parameter("never", "float"),
    ]
    write_hparams(tmp_path / "board", [record], space, [objective])
    assert [p.name for p in tmp_path.iterdir()] == ["board"]
    group = View(tmp_path / "board").groups["../a b"]
    found = {name: plain(value) for name, value in group.hparams.items()}
    note = found.pop("tuner/note")
    assert found == {"hidden": "64 32", "mixed": "None", "flag": True, "count": 3.0}
    assert note == "1 2"


def test_what_cannot_be_written_is_named(parameters, objective, tmp_path):
    write_hparams(tmp_path, [], parameters, [objective])
    (file,) = tmp_path.iterdir()
    file.unlink()
    (tmp_path / f".{file.name}.part").mkdir()
    with pytest.raises(
        OutputError, match="tfevents.*: must be writable and have room, got"
    ):
        write_hparams(tmp_path, [], parameters, [objective])


def test_no_trials(parameters, objective, tmp_path):
    write_hparams(tmp_path, [], parameters, [objective])
    view = View(tmp_path)
    assert len(view.experiment.hparam_infos) == len(parameters)
    assert view.groups == {}
