"""What every loss has to keep, checked over the table."""

import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components import losses
from mlpkit.components.losses import LOSSES
from mlpkit.components.losses.row_loss import RowLoss

# Keras 3.15.1 converts its variables in a way that NumPy 2 deprecates, when it saves
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(2, 6, 3)).astype("float32")
WEIGHT = RNG.uniform(size=6).astype("float32")

# arguments, targets, and the activation at the network's end
EXAMPLES = {
    "binary_crossentropy": (
        {"label_smoothing": 0.1},
        RNG.integers(0, 2, size=(6, 3)),
        "sigmoid",
    ),
    "mean_squared_error": ({}, RNG.normal(size=(6, 3)), "linear"),
    "perceptron_criterion": ({}, RNG.integers(0, 2, size=(6, 3)), "linear"),
    "pinball_loss": ({"quantiles": [0.1, 0.5, 0.9]}, RNG.normal(size=6), "linear"),
    "sparse_categorical_crossentropy": (
        {"label_smoothing": 0.1},
        RNG.integers(0, 3, size=6),
        "softmax",
    ),
}
every = pytest.mark.parametrize("name", EXAMPLES)


def made(name, /, **options):
    return LOSSES[name](**EXAMPLES[name][0], **options)


def outputs(name, z=Z):
    return keras.layers.Activation(EXAMPLES[name][2])(z)


def test_table_holds_every_public_loss_and_each_has_an_example():
    public = [getattr(losses, name) for name in losses.__all__]
    assert {c for c in public if inspect.isclass(c)} == set(LOSSES.values())
    assert list(LOSSES) == sorted(LOSSES) == list(EXAMPLES)
    for name, cls in LOSSES.items():
        assert issubclass(cls, RowLoss)
        assert keras.saving.get_registered_name(cls) == f"mlpkit>{cls.__name__}"
        # a name of each object would be another graph for each model
        assert made(name).name == made(name).name == name


@every
def test_config_comes_back_from_json(name):
    loss = made(name, name="here", reduction="sum", dtype="float64")
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(loss)))
    back = keras.saving.deserialize_keras_object(config)
    assert type(back) is type(loss)
    assert back.get_config() == loss.get_config()
    assert set(inspect.signature(type(loss)).parameters) == set(loss.get_config())
    y = EXAMPLES[name][1]
    assert back(y, outputs(name)) == loss(y, outputs(name))
    assert back(y, outputs(name)).dtype == "float64"


@every
def test_one_number_per_row_and_member_whose_mean_is_the_loss(name):
    y = EXAMPLES[name][1]
    rows = made(name, reduction=None)(y, outputs(name))
    assert rows.shape == (2, 6)
    for i in range(2):
        alone = made(name, reduction=None)(y, outputs(name, Z[i]))
        np.testing.assert_allclose(rows[i], alone, rtol=1e-6)
    loss = made(name)(y, outputs(name))
    np.testing.assert_allclose(loss, rows.numpy().mean(), rtol=1e-6)
    weighted = made(name)(y, outputs(name), WEIGHT)
    np.testing.assert_allclose(weighted, (rows.numpy() * WEIGHT).mean(), rtol=1e-6)
    of_mean = made(name)(y, outputs(name, Z.mean(0)))
    assert abs(float(of_mean) - float(loss)) > 1e-3


@every
@pytest.mark.slow
def test_compiled_or_not_gives_the_same(name):
    y = EXAMPLES[name][1].astype("float32")

    def value_and_slope(z):
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = made_once(y, outputs(name, z), WEIGHT)
        return loss, tape.gradient(loss, z)

    made_once = made(name)
    plain = value_and_slope(tf.constant(Z))
    for jit in (False, True):
        compiled = tf.function(value_and_slope, jit_compile=jit)(tf.constant(Z))
        for one, two in zip(plain, compiled, strict=True):
            np.testing.assert_allclose(one, two, rtol=2e-6, atol=1e-7)


@every
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(name, policy):
    y = EXAMPLES[name][1]
    half = keras.DTypePolicy(policy).compute_dtype
    end = keras.layers.Activation(EXAMPLES[name][2], dtype=policy)
    loss = made(name)(y, end(tf.cast(Z, half)))
    assert loss.dtype == "float32"
    z = tf.cast(tf.cast(Z, half), "float32")
    np.testing.assert_allclose(loss, made(name)(y, outputs(name, z)), rtol=2e-3)


@every
@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.slow
def test_saved_and_trained_in_a_compiled_model(name, jit, tmp_path):
    x, y = Z[0], EXAMPLES[name][1]
    dense = keras.layers.Dense(3, EXAMPLES[name][2], kernel_initializer="ones")
    model = keras.Sequential([keras.Input((3,)), dense])
    model.compile(keras.optimizers.SGD(0.1), made(name), jit_compile=jit)
    first = float(model.train_on_batch(x, y, sample_weight=WEIGHT))
    for _ in range(10):
        last = float(model.train_on_batch(x, y, sample_weight=WEIGHT))
    assert last < first
    model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    assert back.loss.get_config() == model.loss.get_config()
    assert back.evaluate(x, y, verbose=0) == model.evaluate(x, y, verbose=0)
    model.export(tmp_path / "saved", verbose=False)
    served = tf.saved_model.load(tmp_path / "saved")
    np.testing.assert_allclose(served.serve(x), model(x), rtol=1e-6)


@every
def test_nan_outputs_give_nan(name):
    z = Z.copy()
    z[1, 2] = np.nan
    rows = made(name, reduction=None)(EXAMPLES[name][1], outputs(name, z)).numpy()
    assert np.isnan(rows[1, 2])
    assert np.isfinite(np.delete(rows.ravel(), 8)).all()
