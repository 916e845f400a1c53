import keras
import numpy as np
import pytest

from mlpkit.components.layers import Dropout, FrontScale, ScaledDense
from mlpkit.factory import averaged, build_model, folded

X = np.random.default_rng(0).normal(size=(50, 5)).astype("float32")
NTK = {"parametrization": "ntk", "front_scale": True, "parametric_activation": True}
NETWORKS = {
    "ntk": NTK,
    "norm": {**NTK, "batch_norm": True},
    "standard": {"front_scale": True},
    "single layer": {"front_scale": True, "hidden": ()},
    "members": {**NTK, "members": 3},
    "standard members": {"front_scale": True, "members": 3},
    "shared weights": {**NTK, "tabm": 3},
    "embedded": {**NTK, "members": 2, "numeric_embedding": "pbld"},
}


@pytest.mark.parametrize("task", ["regression", "multiclass"])
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.slow
def test_answers_stay_and_scales_go(network, task):
    outputs = {"regression": 1, "multiclass": 3}[task]
    settings = {"hidden": (8, 8), "dropout": 0.2, **NETWORKS[network]}
    model = build_model(
        task, num_features=5, num_numeric=4, num_outputs=outputs, seed=1, **settings
    )
    rng = np.random.default_rng(1)
    model.set_weights(
        [w + 0.3 * np.abs(rng.normal(size=w.shape)) for w in model.get_weights()]
    )
    if len(model.output_shape) == 3:
        model = averaged(model)
    plain = folded(model)
    np.testing.assert_allclose(plain(X), model(X), rtol=2e-6, atol=1e-6)
    gone = (ScaledDense, FrontScale, Dropout)
    assert not any(isinstance(m, gone) for m in plain.layers)
    assert plain.count_params() < model.count_params()
    assert plain.output_shape == model.output_shape


def test_what_is_no_chain_stays():
    inputs = keras.Input((5,))
    model = keras.Model(inputs, inputs + ScaledDense(5)(inputs))
    assert folded(model) is model
