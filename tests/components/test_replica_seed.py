import keras
import numpy as np
import pytest

from mlpkit.components.replica_seed import ReplicaSeedGenerator

pytestmark = pytest.mark.slow

TWO_REPLICAS = """
import numpy as np, tensorflow as tf
from mlpkit.components.activations import RReLU
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    layer = RReLU(seed=1)
x = -np.ones((1, 500), "float32")
step = tf.function(lambda: layer(x, training=True))
one, two = strategy.experimental_local_results(strategy.run(step))
assert abs(np.corrcoef(one[0], two[0])[0, 1]) < 0.2
again, _ = strategy.experimental_local_results(strategy.run(step))
assert abs(np.corrcoef(one[0], again[0])[0, 1]) < 0.2
print("different")
"""


def test_is_keras_generator_on_one_machine():
    ours, theirs = ReplicaSeedGenerator(7), keras.random.SeedGenerator(7)
    for _ in range(3):
        np.testing.assert_array_equal(ours.next(), theirs.next())
    np.testing.assert_array_equal(ours.next(ordered=False), theirs.next(ordered=False))


def test_replicas_draw_different_slopes(forked, tmp_path):
    path = tmp_path / "two_replicas.py"
    path.write_text(TWO_REPLICAS)
    shown, errors = forked(path).communicate()
    assert "different" in shown, errors[-2000:]
