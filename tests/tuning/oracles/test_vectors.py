import keras_tuner
import numpy as np

from mlpkit.tuning.oracles.vectors import vector


def test_point_of_each_kind():
    hp = keras_tuner.HyperParameters()
    hp.Float("rate", 1e-4, 1e-2, sampling="log")
    hp.Choice("kind", ["a", "b", "c"])
    hp.Choice("size", [8, 16], ordered=True)
    hp.Int("inner", 1, 3)
    point = vector(hp.space, {"rate": 1e-3, "kind": "b", "size": 16})
    np.testing.assert_allclose(point, [0.5, 0, 1, 0, 0.75, 0.5])
