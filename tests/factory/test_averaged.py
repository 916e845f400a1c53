"""Networks side by side, their mean, and each of them alone."""

import keras
import numpy as np
import pytest

from mlpkit.errors import UsageError
from mlpkit.factory import averaged, build_model
from mlpkit.training import fit

pytestmark = pytest.mark.slow

MEMBERS = 3
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 6)).astype("float32")
X[:, 5] = RNG.integers(0, 5, size=60)  # ids of a category
COLUMNS = {"num_features": 6, "num_numeric": 3, "cardinalities": [5]}
NTK = {
    "parametrization": "ntk",
    "front_scale": True,
    "parametric_activation": True,
    "numeric_embedding": "pbld",
}
NETWORKS = {
    "standard": {"dropout": 0.0},
    "norm": {"batch_norm": True, "dropout": 0.0, "activation": "prelu"},
    "ntk": {**NTK, "dropout": 0.0},
    "scaled": {**NTK, "numeric_embedding": None, "hidden": (8,), "dropout": 0.0},
    "single layer": {"hidden": ()},
    "periodic": {"numeric_embedding": "periodic", "dropout": 0.0},
    "bins": {
        "numeric_embedding": {"name": "piecewise_linear", "bins": [[-1.0, 0.0, 1]] * 3},
        "dropout": 0.0,
    },
}
every = pytest.mark.parametrize("network", NETWORKS)


def built(task="multiclass", network="standard", **more):
    outputs = {"multiclass": 3, "multilabel": 2}.get(task, 1)
    settings = {"hidden": (8, 8), **NETWORKS[network], **more}
    return build_model(task, num_outputs=outputs, seed=1, **COLUMNS, **settings)


def shaken(model):
    """With weights that are not those of the start."""
    rng = np.random.default_rng(1)
    weights = [w + 0.3 * rng.normal(size=w.shape) for w in model.get_weights()]
    model.set_weights([np.abs(w) if (w > 0).all() else w for w in weights])
    return model


def alone(together, member, *arguments, **more):
    single = built(*arguments, **more)
    single.set_weights([w[member] for w in together.get_weights()])
    return single


@every
def test_each_member_is_the_single_network_with_its_weights(network):
    together = shaken(built("multiclass", network, members=MEMBERS))
    outputs = together(np.stack([X, X[::-1], X]))
    for member, x in enumerate([X, X[::-1], X]):
        expected = alone(together, member, "multiclass", network)(x)
        np.testing.assert_allclose(outputs[member], expected, rtol=1e-4, atol=1e-6)


@every
@pytest.mark.parametrize("task", ["regression", "binary", "multiclass", "multilabel"])
def test_mean_of_values_or_of_probabilities(task, network):
    together = shaken(built(task, network, members=MEMBERS))
    outputs = together(np.stack([X] * MEMBERS)).numpy()
    mean = averaged(together)
    assert mean.output_shape == (None, outputs.shape[-1])
    np.testing.assert_allclose(mean(X), outputs.mean(axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(mean(X[:1]), outputs.mean(axis=0)[:1], atol=1e-5)
    assert np.ptp(outputs, axis=0).min() > 0  # the members differ


@every
@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_members_with_shared_weights(task, network):
    model = built(task, network, tabm=4)
    outputs = model(X).numpy()
    assert outputs.shape[:2] == (4, 60)
    assert np.ptp(outputs, axis=0).min() > 0
    np.testing.assert_allclose(averaged(model)(X), outputs.mean(axis=0), atol=1e-5)
    shared = [w for w in model.weights if w.path.startswith("hidden")]
    assert all(len(w.shape) <= 2 for w in shared)
    (views,) = (m for m in model.layers if m.name == "members")
    r = views.get_weights()[0]
    embedded = NETWORKS[network].get("numeric_embedding") is not None
    assert embedded or set(np.unique(r)) == {-1.0, 1.0}
    if embedded:  # one number for all columns of a feature
        dim = (r.shape[1] - 2 - 4) // 3
        assert len(np.unique(r[0, :dim])) == len(np.unique(r[0, -4:])) == 1
        assert len(np.unique(r[0])) == 3 + 2 + 1


def test_one_member_with_scale_one_is_the_plain_network():
    one, plain = built(tabm=1), built()
    weights = one.get_weights()
    at = [w.path for w in one.weights].index("members/scale")
    weights[at] = np.ones_like(weights[at])
    one.set_weights(weights)
    rest = [w[0] if w.ndim == 3 else w for i, w in enumerate(weights) if i != at]
    rest[-1] = rest[-1][0]
    plain.set_weights(rest)
    np.testing.assert_allclose(one(X)[0], plain(X), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("network", "jit_compile"), [("norm", False), ("scaled", True)]
)
def test_members_of_one_fit_are_those_of_single_fits(network, jit_compile):
    rows = np.arange(60)
    parts = [(np.setdiff1d(rows, rows[k::MEMBERS]), rows[k::MEMBERS]) for k in range(3)]
    y = (X[:, 0] * X[:, 1] + X[:, 5] > 2).astype("int32") + (X[:, 2] > 0)
    together = built("multiclass", network, members=MEMBERS)
    start = together.get_weights()
    shared = {"batch_size": 16, "epochs": 6, "verbose": 0, "jit_compile": jit_compile}
    history = fit(
        together, X, y, members=parts, monitor="val_member_loss", seed=5, **shared
    )
    for k, (trained, held) in enumerate(parts):
        single = built("multiclass", network)
        single.set_weights([w[k] for w in start])
        told = fit(
            single,
            X[trained],
            y[trained],
            validation_data=(X[held], y[held]),
            seed=5 + k,
            **shared,
        )
        found = [values[k] for values in history.history["val_member_loss"]]
        np.testing.assert_allclose(found, told.history["val_loss"], rtol=1e-3)
        assert history.best_epoch[k] == told.best_epoch
        for ours, theirs in zip(
            together.get_weights(), single.get_weights(), strict=True
        ):
            np.testing.assert_allclose(ours[k], theirs, rtol=5e-3, atol=5e-4)


def test_mean_comes_back_from_its_file(tmp_path):
    mean = averaged(built("binary", "ntk", members=2))
    mean.save(tmp_path / "mean.keras")
    back = keras.models.load_model(tmp_path / "mean.keras", compile=False)
    np.testing.assert_array_equal(back(X), mean(X))


def test_what_has_no_members_is_refused():
    with pytest.raises(UsageError, match=r"must give \(members, rows, units\)"):
        averaged(built())
    with pytest.raises(UsageError, match="members or tabm, not both"):
        built(members=2, tabm=2)
    with pytest.raises(UsageError, match="tabm must be >= 1, got 0"):
        built(tabm=0)
    inputs = keras.Input(batch_shape=(2, None, 2))
    branched = keras.Model(inputs, inputs + keras.layers.Dense(2)(inputs))
    with pytest.raises(UsageError, match="must be a chain of layers"):
        averaged(branched)
