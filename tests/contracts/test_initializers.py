"""What every initializer has to keep, checked over the table."""

import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.initializers import INITIALIZERS

# Keras 3.15.1 converts its variables in a way that NumPy 2 deprecates, when it saves
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)

every = pytest.mark.parametrize("name", INITIALIZERS)


def create(name):
    cls = INITIALIZERS[name]
    takes_seed = "seed" in inspect.signature(cls).parameters
    return cls(seed=7) if takes_seed else cls(value=0.5)


def test_table_is_sorted():
    assert list(INITIALIZERS) == sorted(INITIALIZERS)


@every
def test_config_comes_back_from_json_with_the_same_weights(name):
    one = create(name)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(one)))
    two = keras.saving.deserialize_keras_object(config)
    assert type(two) is type(one)
    assert two.get_config() == one.get_config()
    np.testing.assert_array_equal(one((5, 3)), two((5, 3)))


@every
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_shape_and_dtype(name, dtype):
    w = create(name)((5, 3), dtype=dtype)
    assert w.shape == (5, 3)
    assert w.dtype == dtype
    assert np.isfinite(tf.cast(w, "float64")).all()


@every
def test_keras_file(name, tmp_path):
    dense = keras.layers.Dense(3, kernel_initializer=create(name))
    model = keras.Sequential([keras.Input((4,)), dense])
    model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    assert type(back.layers[0].kernel_initializer) is INITIALIZERS[name]
    x = np.ones((2, 4), "float32")
    np.testing.assert_array_equal(back(x), model(x))
