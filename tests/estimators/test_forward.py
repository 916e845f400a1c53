import pickle

import numpy as np
import pytest

import mlpkit
from mlpkit.estimators import forward
from mlpkit.estimators.forward import Forward

X = np.random.default_rng(0).normal(size=(48, 5)).astype(np.float32)


def network(seed, **model):
    settings = {"hidden": (4,), "dropout": 0.3, "batch_norm": True} | model
    return mlpkit.build_model(
        "multiclass", num_features=5, num_outputs=3, seed=seed, **settings
    )


def test_each_network_answers_with_its_own_weights():
    models = [network(seed) for seed in (1, 2)]
    asked = [Forward(model) for model in models]
    for model, ask in zip(models, asked, strict=True):
        expected = model(X, training=False).numpy()
        np.testing.assert_allclose(ask(X), expected, atol=1e-6)
    assert not np.allclose(asked[0](X), asked[1](X), atol=1e-3)


def test_weights_are_those_of_then():
    model = network(3)
    ask = Forward(model)
    before = ask(X)
    model.set_weights([w + 1 for w in model.get_weights()])
    assert np.array_equal(ask(X), before)
    expected = model(X, training=False).numpy()
    np.testing.assert_allclose(Forward(model)(X), expected, atol=1e-6)


def test_one_graph_for_networks_of_one_architecture():
    forward._traced.cache_clear()
    for model in (network(4), network(5, dropout=0.1), network(6, hidden=(7,))):
        assert Forward(model)(X).shape == (48, 3)
    found = forward._traced.cache_info()
    assert (found.misses, found.hits) == (2, 1)


@pytest.mark.parametrize("name", ["rrelu", "prelu"])
def test_layers_of_our_own(name):
    model = network(7, activation=name, parametrization="ntk", front_scale=True)
    expected = model(X, training=False).numpy()
    np.testing.assert_allclose(Forward(model)(X), expected, atol=1e-6)


def test_a_network_that_learns_on_answers_by_its_new_weights():
    x = np.random.default_rng(0).normal(size=(60, 2))
    model = mlpkit.MLPRegressor(recipe="none").partial_fit(x, x[:, 0])
    before = model.predict(x)
    network = model.network_
    model.partial_fit(x, x[:, 0])
    assert model.network_ is network
    after = model.predict(x)
    assert not np.allclose(before, after)
    again = pickle.loads(pickle.dumps(model)).predict(x)
    np.testing.assert_array_equal(again, after)
