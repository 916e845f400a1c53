"""Devices and strategies; how they train is for engine/test_replicas.py."""

import json

import pytest
import tensorflow as tf

from mlpkit.config import TrainingConfig
from mlpkit.errors import UsageError
from mlpkit.training import placement, writes_files


def test_cpu_is_always_there():
    with placement(TrainingConfig(device="cpu:0")):
        assert "CPU:0" in tf.constant(1.0).device
    with placement(TrainingConfig(strategy="one_device", device="cpu")):
        strategy = tf.distribute.get_strategy()
        assert type(strategy).__name__ == "OneDeviceStrategy"


def test_devices_that_are_not_there():
    with pytest.raises(UsageError, match="no 'gpu:7'; known: CPU:0"):
        placement(TrainingConfig(device="gpu:7"))
    with pytest.raises(UsageError, match="reaches no TPU"):
        placement(TrainingConfig(strategy="tpu"))


CLUSTER = {"worker": ["127.0.0.1:2222"]}


@pytest.mark.parametrize(
    "told",
    [
        None,
        "worker 0",
        {"cluster": CLUSTER},
        {"cluster": CLUSTER, "task": {"type": "worker", "index": 1}},
        {"cluster": {"worker": ["a:1", "a:1"]}, "task": {"type": "worker", "index": 0}},
    ],
    ids=["missing", "no JSON", "no task", "an index too high", "twice the same"],
)
def test_workers_must_know_who_they_are(monkeypatch, told):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if told is not None:
        text = told if isinstance(told, str) else json.dumps(told)
        monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(UsageError, match="TF_CONFIG.*the index of this worker"):
        placement(TrainingConfig(strategy="multi_worker"))


def test_workers_join_before_all_else(monkeypatch):
    tf.constant(1.0)
    told = {"cluster": CLUSTER, "task": {"type": "worker", "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(told))
    with pytest.raises(UsageError, match="before TensorFlow computes anything"):
        placement(TrainingConfig(strategy="multi_worker"))


@pytest.mark.parametrize("strategy", ["multi_worker", "tpu"])
def test_strategies_that_choose_their_devices(strategy):
    with pytest.raises(UsageError, match=f"must be 'auto' with strategy '{strategy}'"):
        placement(TrainingConfig(strategy=strategy, device="cpu"))


def test_equal_devices_have_one_strategy():
    config, found = TrainingConfig(strategy="mirrored", device="cpu:0"), []
    for _ in range(2):
        with placement(config):
            found.append(tf.distribute.get_strategy())
    assert found[0] is found[1]


def test_one_process_writes_its_files():
    assert writes_files(TrainingConfig())
    assert writes_files(TrainingConfig(strategy="mirrored", device="cpu"))
