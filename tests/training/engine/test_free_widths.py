"""One graph for hidden layers of any width, and no bit changes by who shares it."""

import keras
import numpy as np
import pytest

from mlpkit import optimizers
from mlpkit.training import engine, fit
from mlpkit.training.engine.free_widths import FreeWidths

pytestmark = pytest.mark.slow

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(50, 5)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")
KERAS = keras.optimizers


@pytest.fixture(autouse=True)
def _fresh():
    engine.clear()
    yield
    engine.clear()


def network(widths, *, dropout=0.0, optimizer=KERAS.Adam, activation="relu", **dense):
    keras.utils.set_random_seed(3)
    x = inputs = keras.Input((5,))
    for width in widths:
        x = keras.layers.Dense(width, activation=activation, **dense)(x)
        if dropout:
            x = keras.layers.Dropout(dropout, seed=1)(x)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
    model.compile(optimizer(0.01), "binary_crossentropy", metrics=["accuracy"])
    return model


def trained(model, **options):
    found = fit(
        model,
        X,
        Y,
        epochs=3,
        batch_size=8,
        validation_data=(X[:20], Y[:20]),
        verbose=0,
        **{"jit_compile": False, **options},
    )
    return found.history["val_loss"], model.get_weights()


def traced(models, **options):
    before = engine.compilations()
    for model in models:
        trained(model, **options)
    return engine.compilations() - before


@pytest.mark.parametrize(
    "options",
    [
        {"dropout": 0.2},
        {"optimizer": lambda rate: KERAS.AdamW(rate, global_clipnorm=1.0)},
        {"optimizer": lambda rate: KERAS.SGD(rate, momentum=0.9)},
        {"kernel_regularizer": "l2"},
    ],
    ids=["dropout", "adamw", "momentum", "l2"],
)
def test_widths_share_a_loop_and_train_as_they_do_alone(options):
    widths = [(8, 6), (3, 3), (1, 12)]
    before = engine.compilations()
    shared = [trained(network(w, **options)) for w in widths]
    assert engine.compilations() == before + 1
    for (losses, weights), w in zip(shared, widths, strict=True):
        engine.clear()
        alone, others = trained(network(w, **options))
        assert alone == losses
        for one, other in zip(weights, others, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_best_weights_are_those_of_the_own_width():
    trained(network((8,)))
    model = network((3,))
    losses, _ = trained(model)
    told = model.evaluate(X[:20], Y[:20], verbose=0, return_dict=True)
    assert told["loss"] == pytest.approx(min(losses), rel=1e-5)


def test_open_widths_train_as_a_numpy_network_does():
    trained(network((7,), activation="tanh", optimizer=KERAS.SGD))
    model = network((4,), activation="tanh", optimizer=KERAS.SGD)
    model.build((None, 5))
    w, b, v, c = (a.astype("float64") for a in model.get_weights())
    x, y = X.astype("float64"), Y.astype("float64")
    h = np.tanh(x @ w + b)
    error = (1 / (1 + np.exp(-(h @ v + c))) - y) / len(x)
    inside = error @ v.T * (1 - h**2)
    wanted = [w - 0.01 * x.T @ inside, b - 0.01 * inside.sum(0)]
    wanted += [v - 0.01 * h.T @ error, c - 0.01 * error.sum(0)]
    before = engine.compilations()
    fit(model, X, Y, batch_size=50, shuffle=False, jit_compile=False, verbose=0)
    fit(network((9,), activation="tanh", optimizer=KERAS.SGD), X, Y, batch_size=50)
    assert engine.compilations() == before + 1
    for found, right in zip(model.get_weights(), wanted, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({"activation": "softmax"}, {}),
        ({"activation": lambda x: x / x.shape[-1]}, {}),
        ({"kernel_constraint": "max_norm"}, {}),
        ({"optimizer": optimizers.Adam}, {}),
        ({"optimizer": lambda r: KERAS.Adam(r, gradient_accumulation_steps=2)}, {}),
        ({}, {"weight_averaging": 8.0}),
    ],
    ids=["softmax", "stranger", "constraint", "ours", "accumulation", "average"],
)
def test_what_may_depend_on_a_width_has_loops_of_its_own(options, more):
    assert traced([network((w,), **options) for w in (4, 6)], **more) == 2


def test_depth_inputs_and_activations_still_count():
    other = network((4, 4), activation="tanh")
    models = [network((4, 4)), network((6, 3)), network((4,)), other]
    assert traced(models) == 3


def test_a_sequential_model_is_a_chain():
    def row(width):
        layers = [keras.layers.Dense(width), keras.layers.ReLU(), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input((5,)), *layers])
        model.compile("adam", "mse")
        return model

    assert traced([row(4), row(6)]) == 1


def test_only_chains_have_free_widths():
    inputs = keras.Input((5,))
    x = keras.layers.Dense(4)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.add([x, x])))
    model.compile("adam", "mse")
    assert FreeWidths.of(model) is None
    single = keras.Sequential([inputs, keras.layers.Dense(1)])
    single.compile("adam", "mse")
    assert FreeWidths.of(single) is None
