import keras_tuner

from mlpkit.tuning.parameters import objectives_of, parameters_of
from mlpkit.tuning.results import Objective, Parameter


def test_space_and_objectives_as_the_results_take_them():
    hp = keras_tuner.HyperParameters()
    hp.Int("depth", 1, 3)
    hp.Float("rate", 1e-3, 1e-1, sampling="log")
    hp.Float("dropout", 0.0, 0.5)
    hp.Choice("kind", ["a", "b"])
    hp.Fixed("always", 1)
    assert parameters_of(hp) == [
        Parameter("depth", "int", 1, 3),
        Parameter("rate", "log", 1e-3, 1e-1),
        Parameter("dropout", "float", 0.0, 0.5),
        Parameter("kind", "choice", choices=("a", "b")),
    ]
    both = keras_tuner.Oracle(objective=["val_loss", "val_accuracy"]).objective
    assert objectives_of(both) == [
        Objective("val_loss", "min"),
        Objective("val_accuracy", "max"),
    ]
