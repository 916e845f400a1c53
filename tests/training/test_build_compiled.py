"""What is built without tracing is what Keras builds by tracing."""

import keras
import numpy as np
import pytest

from mlpkit.training.build_compiled import build_compiled

X = np.zeros((4, 3), "float32")
Y = np.ones((4, 1), "float32")


def network(loss="mse", metrics=("mae",), *, row=False, **options):
    inputs, layer = keras.Input((3,)), keras.layers.Dense(1)
    model = keras.Sequential([inputs, layer])
    if not row:
        model = keras.Model(inputs, layer(inputs))
    model.compile("adam", loss, metrics=list(metrics), **options)
    return model


def described(model):
    inside = model._compile_metrics.metrics if model._compile_metrics else []
    metrics = [[type(m).__name__, m.name] for m in [*model.metrics, *inside]]
    variables = [(v.path.rpartition("/")[2], v.shape) for v in model.metrics_variables]
    return metrics, variables, type(model._compile_loss._flat_losses[0].loss).__name__


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"row": True},
        {"metrics": ()},
        {"loss": "binary_crossentropy", "metrics": ("accuracy",)},
        {
            "loss": keras.losses.Huber(),
            "metrics": (keras.metrics.RootMeanSquaredError,),
        },
        {"weighted_metrics": ["mse"]},
    ],
    ids=["names", "sequential", "none", "accuracy", "objects", "weighted"],
)
@pytest.mark.slow
def test_it_is_as_keras_builds_it(options):
    options = dict(options)
    options["metrics"] = [
        m() if isinstance(m, type) else m for m in options.get("metrics", ("mae",))
    ]
    right, model = network(**options), network(**options)
    right._symbolic_build(data_batch=(X, Y))
    build_compiled(model, (X, Y))
    assert model._compile_loss.built
    model._symbolic_build(data_batch=(X, Y))
    assert described(model) == described(right)
    wanted = right.evaluate(X, Y, verbose=0, return_dict=True).keys()
    assert model.evaluate(X, Y, verbose=0, return_dict=True).keys() == wanted


def test_nothing_is_traced(monkeypatch):
    model = network()
    build_compiled(model, (X, Y))
    monkeypatch.setattr(model, "call", None)
    model._symbolic_build(data_batch=(X, Y))
    assert [m.name for m in model._compile_metrics.metrics] == ["mae"]


@pytest.mark.parametrize(
    ("options", "batch"),
    [
        ({"metrics": [keras.metrics.R2Score()]}, (X, Y)),
        ({"metrics": ["r2_score"]}, (X, Y)),
        ({}, (X[:, :2], Y)),
        ({}, (X, Y[:, 0])),
        ({}, (X, Y.astype("int32"))),
        ({}, (X,)),
        ({"loss": ["mse"]}, (X, Y)),
    ],
    ids=["lazy", "lazy name", "inputs", "targets", "whole numbers", "none", "nested"],
)
def test_all_else_is_left_to_keras(options, batch):
    model = network(**options)
    build_compiled(model, batch)
    assert not model._compile_loss.built
