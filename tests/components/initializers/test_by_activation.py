import keras
import numpy as np
import pytest

from mlpkit.components.activations import ACTIVATIONS
from mlpkit.components.initializers import (
    INITIALIZER_FOR,
    INITIALIZERS,
    initializer_for,
)

FAN_IN, FAN_OUT = 600, 400
VARIANCE = {
    "glorot": 2 / (FAN_IN + FAN_OUT),
    "he": 2 / FAN_IN,
    "lecun": 1 / FAN_IN,
}


@pytest.mark.parametrize(
    "name", sorted(n for n in INITIALIZERS if n.split("_")[0] in VARIANCE)
)
def test_variance_of_the_table(name):
    family, shape = name.split("_")
    w = INITIALIZERS[name](seed=1)((FAN_IN, FAN_OUT)).numpy()
    np.testing.assert_allclose(w.mean(), 0, atol=5e-4)
    np.testing.assert_allclose(w.var(), VARIANCE[family], rtol=0.02)
    # a uniform one ends at √3 standard deviations, a truncated normal at 2 / 0.8796
    bound = {"uniform": 3**0.5, "normal": 2 / 0.87962566103423978}[shape]
    np.testing.assert_allclose(abs(w).max(), bound * VARIANCE[family] ** 0.5, rtol=1e-3)


def test_the_lectures_table():
    families = {name: value.split("_")[0] for name, value in INITIALIZER_FOR.items()}
    glorot = {name for name, family in families.items() if family == "glorot"}
    assert glorot == {"linear", "sigmoid", "softmax", "tanh", "threshold"}
    assert families["selu"] == "lecun"
    assert {f for n, f in families.items() if n not in {*glorot, "selu"}} == {"he"}


def test_every_activation_and_softmax_have_one():
    assert set(INITIALIZER_FOR) == {*ACTIVATIONS, "softmax"}
    assert set(INITIALIZER_FOR.values()) <= set(INITIALIZERS)


@pytest.mark.parametrize("activation", INITIALIZER_FOR)
def test_resolves_with_its_seed(activation):
    found = initializer_for(activation, seed=5)
    assert type(found) is INITIALIZERS[INITIALIZER_FOR[activation]]
    np.testing.assert_array_equal(
        found((3, 4)), initializer_for(activation, seed=5)((3, 4))
    )


@pytest.mark.parametrize("slope", [0.01, 0.25, 11 / 48])
def test_leaky_slopes_keep_the_mean_square_through_a_layer(slope):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(2000, FAN_IN))
    h = np.where(z > 0, z, slope * z)
    w = initializer_for("prelu", negative_slope=slope, seed=1)((FAN_IN, FAN_OUT))
    np.testing.assert_allclose(np.mean((h @ w.numpy()) ** 2), 1, rtol=0.02)


def test_slope_zero_is_he():
    assert isinstance(
        initializer_for("prelu", negative_slope=0.0), keras.initializers.HeNormal
    )


def test_bad_arguments():
    with pytest.raises(
        ValueError, match=r"activation must be one of elu, .* got 'relo'"
    ):
        initializer_for("relo")
    with pytest.raises(
        ValueError, match=r"negative_slope must be 0, .* got 0.1 for 'selu'"
    ):
        initializer_for("selu", negative_slope=0.1)
    with pytest.raises(ValueError, match=r"negative_slope .* got nan for 'prelu'"):
        initializer_for("prelu", negative_slope=float("nan"))
