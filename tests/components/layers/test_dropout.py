import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.layers import Dropout

X = np.random.default_rng(0).normal(size=(200, 300)).astype("float32")

TWO_REPLICAS = """
import numpy as np, tensorflow as tf
from mlpkit.components.layers import Dropout
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    layer = Dropout(0.5, seed=1)
x = np.ones((1, 500), "float32")
step = tf.function(lambda: layer(x, training=True))
one, two = strategy.experimental_local_results(strategy.run(step))
assert abs(np.corrcoef(one[0], two[0])[0, 1]) < 0.2
layer.rate = 0.0
one, two = strategy.experimental_local_results(strategy.run(step))
assert (one.numpy() == 1).all() and (two.numpy() == 1).all()
print("different")
"""


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("jit", [False, True])
def test_drops_a_share_and_scales_the_rest(rate, jit):
    layer = Dropout(rate, seed=1)
    y = tf.function(lambda x: layer(x, training=True), jit_compile=jit)(X).numpy()
    dropped = y == 0
    assert abs(dropped.mean() - rate) < 5 * (rate * (1 - rate) / X.size) ** 0.5
    np.testing.assert_allclose(y[~dropped], X[~dropped] / (1 - rate), rtol=1e-6)


def test_gradient_is_the_mask():
    layer = Dropout(0.5, seed=1)
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=True)
    np.testing.assert_array_equal(tape.gradient(y, x), np.where(y == 0, 0, 2))


def test_nothing_happens_at_test_time_or_with_rate_zero():
    np.testing.assert_array_equal(Dropout(0.5)(X), X)
    np.testing.assert_array_equal(Dropout(0.5)(X, training=False), X)
    np.testing.assert_array_equal(Dropout(0.0)(X, training=True), X)


@pytest.mark.parametrize("jit", [False, True])
def test_rate_is_a_run_time_value(jit):
    layer, traces = Dropout(0.0, seed=1), []

    @tf.function(jit_compile=jit)
    def step(x):
        traces.append(1)
        return layer(x, training=True)

    np.testing.assert_array_equal(step(X), X)
    layer.rate = 0.3
    assert abs((step(X).numpy() == 0).mean() - 0.3) < 0.02
    assert layer.get_config()["rate"] == 0.3
    assert float(layer.rate) == np.float32(0.3)
    assert len(traces) == 1
    assert layer.trainable_variables == []


def test_rate_can_be_set_inside_a_compiled_step():
    layer = Dropout(0.5)

    @tf.function(jit_compile=True)
    def step(rate):
        layer.rate = rate
        return layer(X, training=True)

    assert abs((step(tf.constant(0.25)).numpy() == 0).mean() - 0.25) < 0.02
    assert layer.get_config()["rate"] == 0.25
    np.testing.assert_array_equal(step(tf.constant(0.0)), X)


def test_the_rate_that_was_set_is_saved(tmp_path):
    model = keras.Sequential([keras.Input((3,)), Dropout(0.1)])
    model.layers[0].rate = 0.7
    model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras").layers[0]
    assert back.get_config()["rate"] == 0.7


def test_every_call_and_layer_draws_anew_and_a_seed_repeats():
    one, two, other = Dropout(0.5, seed=5), Dropout(0.5, seed=5), Dropout(0.5, seed=6)
    first, second = one(X, training=True), one(X, training=True)
    for layer_draw in (second, other(X, training=True)):
        r = np.corrcoef(np.ravel(first == 0), np.ravel(layer_draw == 0))[0, 1]
        assert abs(r) < 5 / X.size**0.5
    np.testing.assert_array_equal(two(X, training=True), first)
    np.testing.assert_array_equal(two(X, training=True), second)


def test_members_draw_their_own_masks():
    y = Dropout(0.5, seed=1)(np.ones((2, 100, 100), "float32"), training=True).numpy()
    assert abs(np.corrcoef(y[0].ravel(), y[1].ravel())[0, 1]) < 0.05


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_does_not_bias_the_scale(dtype):
    x = tf.cast(np.linspace(1, 2, 10_000)[None], dtype)
    y = tf.cast(Dropout(0.15, seed=1, dtype=dtype)(x, training=True), "float64").numpy()
    kept = y[y > 0] / tf.cast(x, "float64").numpy()[y > 0]
    np.testing.assert_allclose(kept.mean(), 1 / 0.85, rtol=2e-4)


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5, float("nan"), 0.99999999])
def test_bad_rates(rate):
    with pytest.raises(ValueError, match=r"Dropout: rate must be in \[0, 1\), got"):
        Dropout(rate)
    layer = Dropout(0.2)
    with pytest.raises(ValueError, match=r"Dropout: rate must be in \[0, 1\), got"):
        layer.rate = rate
    assert layer.get_config()["rate"] == 0.2


@pytest.mark.slow
def test_replicas_draw_different_masks_and_share_the_rate(forked, tmp_path):
    path = tmp_path / "two_replicas.py"
    path.write_text(TWO_REPLICAS)
    shown, errors = forked(path).communicate()
    assert "different" in shown, errors[-2000:]
