"""What every activation has to keep, checked over the table."""

import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src.testing import TestCase

from mlpkit.components import activations
from mlpkit.components.activations import ACTIVATIONS, SELU, Parametric, PReLU
from mlpkit.components.activations.elementwise import Elementwise

# Keras 3.15.1 converts its variables in a way that NumPy 2 deprecates, when it saves
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)

FLOATS = ["float16", "bfloat16", "float32", "float64"]
POLICIES = ["mixed_float16", "mixed_bfloat16"]


def parametric(**kwargs):
    inner = {k: v for k, v in kwargs.items() if k == "dtype"}
    return Parametric(SELU(**inner), **kwargs)


def parametric_members(**kwargs):
    return parametric(members=2, learning_rate_factor=0.1, **kwargs)


def prelu_members(**kwargs):
    return PReLU(members=2, **kwargs)


LAYERS = {
    **ACTIVATIONS,
    "parametric": parametric,
    "parametric members": parametric_members,
    "prelu members": prelu_members,
}
every = pytest.mark.parametrize("name", LAYERS)
SAMPLE = np.random.default_rng(0).normal(size=(6, 4)).astype("float32") * 3


def numbers(x):
    return tf.cast(x, "float64").numpy()


def test_table_holds_every_public_layer():
    public = [getattr(activations, name) for name in activations.__all__]
    layers = {c for c in public if inspect.isclass(c)}
    assert layers == {*ACTIVATIONS.values(), Parametric}
    assert list(ACTIVATIONS) == sorted(ACTIVATIONS)
    for cls in layers:
        assert issubclass(cls, Elementwise)
        package, _, _ = keras.saving.get_registered_name(cls).partition(">")
        assert package == "mlpkit"


@every
def test_keras_own_layer_test(name):
    seeds = 1 if name == "rrelu" else 0
    layer = LAYERS[name]()
    arguments = {"activation": SELU()} if type(layer) is Parametric else {}
    members = getattr(layer, "members", None)
    TestCase().run_layer_test(
        type(layer),
        {**arguments, **({"members": members} if members else {})},
        input_shape=(2, 3),
        expected_output_shape=(members, 2, 3) if members else (2, 3),
        expected_num_seed_generators=seeds,
        supports_masking=True,
        # Keras' training check compiles for 10 s on a slow machine; ours is below
        run_training_check=False,
    )


@every
def test_config_comes_back_from_json(name):
    layer = LAYERS[name](name="here", dtype="mixed_bfloat16")
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    back = keras.saving.deserialize_keras_object(config)
    assert type(back) is type(layer)
    assert back.get_config() == layer.get_config()
    own = set(inspect.signature(type(layer)).parameters) - {"kwargs"}
    assert own == set(layer.get_config()) - {"name", "trainable", "dtype"}


@every
def test_arguments_are_keyword_only(name):
    parameters = inspect.signature(type(LAYERS[name]())).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == (["activation"] if "parametric" in name else [])


@every
@pytest.mark.slow
def test_keras_file_and_saved_model_give_the_same(name, tmp_path):
    model = keras.Sequential([keras.Input((4,)), LAYERS[name]()])
    for weight in model.trainable_weights:
        values = np.linspace(0.1, 0.9, np.prod(weight.shape))
        weight.assign(values.reshape(weight.shape))
    expected = model(SAMPLE)
    model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(back(SAMPLE), expected)
    model.export(tmp_path / "saved", verbose=False)
    served = tf.saved_model.load(tmp_path / "saved")
    np.testing.assert_allclose(served.serve(SAMPLE), expected, rtol=1e-6, atol=1e-7)


@every
@pytest.mark.parametrize("policy", POLICIES)
def test_mixed_precision(name, policy):
    layer = LAYERS[name](dtype=policy)
    y = layer(SAMPLE)
    assert y.dtype == keras.DTypePolicy(policy).compute_dtype
    assert all(w.dtype == "float32" for w in layer.trainable_weights)
    resolution = {"mixed_float16": 2**-10, "mixed_bfloat16": 2**-7}[policy]
    np.testing.assert_allclose(
        numbers(y), LAYERS[name]()(SAMPLE), rtol=2 * resolution, atol=resolution
    )


@every
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.slow
def test_value_and_gradient_are_finite_up_to_the_largest_float(name, dtype, jit):
    layer = LAYERS[name](dtype=dtype)
    largest = float(tf.as_dtype(dtype).max)
    points = [-largest, -largest / 2, -300.0, -1e-6, 0.0, 1e-6, 300.0, largest / 2]
    x = tf.cast(tf.constant([[*points, largest]], "float64"), dtype)
    layer.build(x.shape)

    @tf.function(jit_compile=jit)
    def value_and_slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True) if name == "rrelu" else layer(x)
        return y, tape.gradient(y, x)

    y, slope = value_and_slope(x)
    assert y.dtype == slope.dtype == dtype
    assert np.isfinite(numbers(y)).all()
    assert np.isfinite(numbers(slope)).all()


@every
@pytest.mark.slow
def test_compiled_or_not_gives_the_same(name):
    layer = LAYERS[name]()
    assert layer.supports_jit
    x = tf.constant(np.linspace(-9, 9, 400, dtype="float32").reshape(100, 4))
    layer.build(x.shape)

    def value_and_slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
        return y, tape.gradient(y, x)

    plain = value_and_slope(x)
    for jit in (False, True):
        compiled = tf.function(value_and_slope, jit_compile=jit)(x)
        for one, two in zip(plain, compiled, strict=True):
            np.testing.assert_allclose(one, two, rtol=2e-6, atol=1e-6)


@every
def test_mask_and_shape_pass(name):
    layer = LAYERS[name]()
    x = tf.ones((2, 3, 4))
    masked = keras.layers.Masking()(x)
    assert keras.src.backend.get_keras_mask(layer(masked)) is not None
    assert layer.compute_output_shape((2, None, 4)) == (2, None, 4)
    assert layer(keras.Input(batch_shape=(2, None, 4))).shape == (2, None, 4)


@every
@pytest.mark.slow
def test_trains_in_a_compiled_model(name):
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8),
            LAYERS[name](),
            keras.layers.Dense(2),
        ]
    )
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    before = model.get_weights()
    model.train_on_batch(SAMPLE, SAMPLE[:, :2])
    after = model.get_weights()
    assert all(np.isfinite(w).all() for w in after)
    assert any((a != b).any() for a, b in zip(before, after, strict=True))


@every
def test_nan_stays_nan(name):
    assert np.isnan(LAYERS[name]()(np.full((1, 4), np.nan, "float32"))).all()
