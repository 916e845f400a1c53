"""What every other layer has to keep, checked over the table."""

import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src.testing import TestCase

from mlpkit.components import layers
from mlpkit.components.layers import LAYERS

# Keras 3.15.1 converts its variables in a way that NumPy 2 deprecates, when it saves
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)

ROWS = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")
BINS = {"bins": [[-1.0, 0.1, 1.0], [0.0, 0.5], [-2.0, 0.0, 1.0, 2.0]], "dim": 2}
NORMAL = keras.initializers.RandomNormal(stddev=1.0, seed=1)

# one line per layer, more for its members: arguments, and an input that it takes
EXAMPLES = {
    "category_embedding": (
        {"cardinalities": [5, 4], "dims": [3, 2], "seed": 1},
        np.array([[0.5, 1.5, 4, 0], [-1.0, 2.0, 2, 3]], "float32"),
    ),
    "category_embedding members": (
        {"cardinalities": [5, 4], "dims": [3, 2], "members": 2, "seed": 1},
        np.array([[0.5, 1.5, 4, 0], [-1.0, 2.0, 2, 3]], "float32"),
    ),
    "dropout": ({"rate": 0.3, "seed": 1}, ROWS),
    "front_scale": ({}, ROWS),
    "front_scale members": ({"members": 2}, ROWS),
    "member_average": ({"activation": "softmax"}, ROWS.reshape(3, 2, 5)),
    "member_average linear": ({"activation": "linear"}, ROWS.reshape(3, 2, 5)),
    "member_average sigmoid": ({"activation": "sigmoid"}, ROWS.reshape(3, 2, 5)),
    "member_batch_normalization": ({"members": 2}, ROWS),
    "member_dense": (
        {"units": 4, "kernel_initializer": NORMAL, "members": 2},
        ROWS,
    ),
    "member_gradient": ({"members": 2}, ROWS),
    "member_scale": ({"members": 3, "distribution": "normal", "seed": 1}, ROWS),
    "ordered_quantiles": ({"num_quantiles": 5}, ROWS),
    "pbld": ({"num_numeric": 3, "seed": 1}, ROWS),
    "pbld members": ({"num_numeric": 3, "members": 2, "seed": 1}, ROWS),
    "periodic_embedding": ({"num_numeric": 3, "seed": 1}, ROWS),
    "periodic_embedding members": ({"members": 2, "dim": 3, "seed": 1}, ROWS),
    "piecewise_linear": ({**BINS, "seed": 1}, ROWS),
    "piecewise_linear A": ({**BINS, "version": "A", "seed": 1}, ROWS),
    "piecewise_linear members": ({**BINS, "members": 2, "seed": 1}, ROWS),
    "scaled_dense": ({"units": 4, "kernel_initializer": NORMAL}, ROWS),
    "scaled_dense members": (
        {"units": 4, "kernel_initializer": NORMAL, "members": 2},
        ROWS,
    ),
}
CLASSES = {name: LAYERS[name.split()[0]] for name in EXAMPLES}
every = pytest.mark.parametrize("name", EXAMPLES)


def test_table_holds_every_public_layer_and_each_has_an_example():
    public = [getattr(layers, name) for name in layers.__all__]
    assert {c for c in public if inspect.isclass(c)} == set(LAYERS.values())
    assert list(LAYERS) == sorted(LAYERS)
    assert {name.split()[0] for name in EXAMPLES} == set(LAYERS)


@every
def test_keras_own_layer_test(name):
    arguments, x = EXAMPLES[name]
    TestCase().run_layer_test(
        CLASSES[name],
        arguments,
        input_data=x,
        supports_masking=True,
        run_training_check=False,
    )


@every
def test_config_comes_back_from_json(name):
    layer = CLASSES[name](**EXAMPLES[name][0], dtype="mixed_bfloat16")
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    back = keras.saving.deserialize_keras_object(config)
    assert back.get_config() == layer.get_config()
    own = set(inspect.signature(type(layer)).parameters) - {"kwargs"}
    assert own == set(layer.get_config()) - {"name", "trainable", "dtype"}


@every
@pytest.mark.slow
def test_keras_file_and_saved_model_give_the_same(name, tmp_path):
    arguments, x = EXAMPLES[name]
    model = keras.Sequential([keras.Input(x.shape[1:]), CLASSES[name](**arguments)])
    expected = model(x)
    model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(back(x), expected)
    model.export(tmp_path / "saved", verbose=False)
    served = tf.saved_model.load(tmp_path / "saved")
    np.testing.assert_allclose(served.serve(x), expected, rtol=1e-6, atol=1e-6)


@every
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(name, policy):
    arguments, x = EXAMPLES[name]
    layer = CLASSES[name](**arguments, dtype=policy)
    y = layer(x)
    assert y.dtype == keras.DTypePolicy(policy).compute_dtype
    assert all(w.dtype == "float32" for w in layer.weights)
    expected = CLASSES[name](**arguments)(x)
    np.testing.assert_allclose(tf.cast(y, "float32"), expected, rtol=2**-7, atol=2**-7)


@every
@pytest.mark.slow
def test_compiled_or_not_gives_the_same(name):
    arguments, x = EXAMPLES[name]
    layer = CLASSES[name](**arguments)
    assert layer.supports_jit
    expected = layer(x)
    for jit in (False, True):
        compiled = tf.function(layer, jit_compile=jit)(x)
        np.testing.assert_allclose(compiled, expected, rtol=2e-6, atol=1e-6)
