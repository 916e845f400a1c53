"""What every entry of SCHEDULES must do, by being in the table."""

import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.schedules import SCHEDULES

pytestmark = pytest.mark.parametrize("name", SCHEDULES)
STEPS = 40


def build(name, rate=0.1, steps=STEPS):
    schedule = SCHEDULES[name]
    if "total_steps" in inspect.signature(schedule).parameters:
        return schedule(rate, total_steps=steps)
    return schedule(rate)


def small_model(schedule, **options):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(schedule, **options), "mse")
    return model


def data():
    x = np.random.default_rng(0).normal(size=(32, 3))
    return x, x.sum(1, keepdims=True)


def test_the_peak_is_the_first_argument_and_the_only_positional_one(name):
    first, *rest = inspect.signature(SCHEDULES[name]).parameters.values()
    assert first.name == "max_learning_rate"
    assert all(p.kind is p.KEYWORD_ONLY for p in rest)


def test_config_survives_json(name):
    schedule = build(name)
    config = json.loads(json.dumps(schedule.get_config()))
    again = SCHEDULES[name].from_config(config)
    assert again.get_config() == schedule.get_config() == config
    np.testing.assert_array_equal(again.curve(60), schedule.curve(60))


def test_it_is_registered(name):
    stored = keras.saving.serialize_keras_object(build(name))
    assert stored["registered_name"] == f"mlpkit>{SCHEDULES[name].__name__}"
    again = keras.saving.deserialize_keras_object(stored)
    assert isinstance(again, SCHEDULES[name])


@pytest.mark.parametrize("xla", [False, True])
def test_the_compiled_step_sees_the_curve(name, xla):
    schedule = build(name)
    compiled = tf.function(schedule.__call__, jit_compile=xla, autograph=False)
    got = [float(compiled(tf.constant(i, tf.int64))) for i in range(STEPS + 3)]
    expected = schedule.curve(STEPS + 3)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-16)


def test_curve_is_float64_finite_and_bounded_by_the_peak(name):
    curve = build(name).curve(2 * STEPS)
    assert curve.dtype == np.float64
    assert curve.shape == (2 * STEPS,)
    assert (curve >= 0).all()
    assert curve.max() <= 0.1 * (1 + 1e-12)


def test_the_end_value_is_held(name):
    curve = build(name).curve(3 * STEPS)
    np.testing.assert_array_equal(curve[STEPS:], curve[STEPS])


@pytest.mark.slow
def test_it_counts_batches_when_gradients_are_accumulated(name):
    schedule = build(name)
    model = small_model(schedule, gradient_accumulation_steps=2)
    model.fit(*data(), batch_size=4, epochs=1, verbose=0)
    rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    assert rate == pytest.approx(schedule.curve(9)[8], rel=1e-9)


@pytest.mark.filterwarnings(
    # Keras hands h5py's datasets, not arrays, to NumPy.
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
@pytest.mark.slow
def test_keras_files_keep_it_and_its_place(name, tmp_path):
    model = small_model(build(name))
    model.fit(*data(), batch_size=4, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert again.optimizer.get_config() == model.optimizer.get_config()
    assert float(again.optimizer.learning_rate) == float(model.optimizer.learning_rate)


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf"), "0.1", None])
def test_a_rate_out_of_range_is_named(name, rate):
    kind = SCHEDULES[name].__name__
    with pytest.raises(ValueError, match=f"{kind}: max_learning_rate must be in"):
        build(name, rate=rate)


@pytest.mark.parametrize("steps", [0, -3, 1.5, None])
def test_a_length_out_of_range_is_named(name, steps):
    if "total_steps" not in inspect.signature(SCHEDULES[name]).parameters:
        pytest.skip("has no length")
    kind = SCHEDULES[name].__name__
    with pytest.raises(ValueError, match=f"{kind}: total_steps must be an integer >="):
        build(name, steps=steps)
