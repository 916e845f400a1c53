import keras_tuner

from mlpkit.tuning.results import (
    Objective,
    Parameter,
    objectives_of,
    parameters_of,
)


def test_kinds():
    space = keras_tuner.HyperParameters()
    space.Int("depth", 1, 4)
    space.Int("width", 16, 256, sampling="log")
    space.Float("rate", 1e-4, 1e-2, sampling="log")
    space.Float("drop", 0.0, 0.5)
    space.Boolean("norm")
    space.Choice("optimizer", ["sgd", "adam"])
    space.Fixed("fixed", 3)
    found = {p.name: p for p in parameters_of(space)}
    assert set(found["norm"].choices) == {True, False}
    del found["norm"]
    assert list(found.values()) == [
        Parameter("depth", "int", 1, 4),
        Parameter("width", "log", 16, 256),
        Parameter("rate", "log", 1e-4, 1e-2),
        Parameter("drop", "float", 0.0, 0.5),
        Parameter("optimizer", "choice", choices=("sgd", "adam")),
    ]


def test_conditional_declarations_are_joined():
    space = keras_tuner.HyperParameters()
    space.Choice("kind", ["a", "b"])
    for kind, high, sizes in (("a", 0.5, [1, 2]), ("b", 0.9, [2, 3])):
        with space.conditional_scope("kind", [kind]):
            space.Float("drop", 0.1, high)
            space.Choice("size", sizes)
    found = {p.name: p for p in parameters_of(space)}
    assert found["drop"] == Parameter("drop", "float", 0.1, 0.9)
    assert found["size"] == Parameter("size", "choice", choices=(1, 2, 3))


def test_objectives():
    both = keras_tuner.Oracle(objective=["val_loss", "val_accuracy"]).objective
    assert objectives_of(both) == [
        Objective("val_loss", "min"),
        Objective("val_accuracy", "max"),
    ]
    assert objectives_of(both.objectives[0]) == [Objective("val_loss", "min")]
