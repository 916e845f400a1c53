"""Devices and strategies; two logical CPUs need a process of their own."""

import subprocess
import sys

import pytest
import tensorflow as tf

from mlpkit.config import TrainingConfig
from mlpkit.errors import UsageError
from mlpkit.training import placement


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


CODE = """
import json, sys
import numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
from mlpkit.config import TrainingConfig
from mlpkit.factory import build_model
from mlpkit.training import fit, placement
x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
y = x[:, :1] * 2
found = []
for strategy in ("none", "mirrored"):
    with placement(TrainingConfig(strategy=strategy, device="cpu")):
        sizes = {"num_features": 3, "hidden": (4,), "dropout": 0.0}
        model = build_model("regression", seed=1, **sizes)
        replicas = model.distribute_strategy.num_replicas_in_sync
        fit(model, x, y, batch_size=16, epochs=3, validation_data=(x, y), seed=2)
    found.append((replicas, [w.tolist() for w in model.get_weights()]))
print(json.dumps(found))
"""


@pytest.mark.slow
def test_two_replicas_train_as_one_device():
    import json

    import numpy as np

    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (one, single), (two, mirrored) = json.loads(done.stdout.splitlines()[-1])
    assert (one, two) == (1, 2)
    for a, b in zip(single, mirrored, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
