import keras
import numpy as np
import pytest

from mlpkit.components.initializers import initialize_from_data
from mlpkit.components.layers import FrontScale, ScaledDense


def network(*, activation="selu", units=(16, 8, 3), dtype=None):
    inputs = keras.Input((5,), name="x")
    x = inputs
    for n in units[:-1]:
        x = keras.layers.Dense(n, activation=activation, dtype=dtype)(x)
        x = keras.layers.Dropout(0.5, dtype=dtype)(x)
    return keras.Model(inputs, keras.layers.Dense(units[-1], dtype=dtype)(x))


def sample(rows=200):
    scale = [1, 10, 0.1, 100, 1]
    return (np.random.default_rng(1).normal(size=(rows, 5)) * scale).astype("float32")


def pre_activations(model, x):
    """h W of every dense layer, by NumPy alone."""
    h, found = x.astype("float64"), []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = (w.astype("float64") for w in layer.get_weights())
            found.append((h @ kernel, bias))
            h = keras.ops.convert_to_numpy(layer.activation(h @ kernel + bias))
    return found


def test_every_pre_activation_has_std_one_and_every_bias_lies_in_the_hull():
    model, x = network(), sample()
    initialize_from_data(model, x, seed=0)
    for z, bias in pre_activations(model, x):
        np.testing.assert_allclose((z + bias).std(axis=0), 1, rtol=1e-5)
        assert (z.min(axis=0) <= -bias).all()
        assert (-bias <= z.max(axis=0)).all()
        assert np.unique(bias).size == bias.size


def test_a_bias_is_the_mean_of_few_points_not_of_all():
    # the mean of n points with Dirichlet(1, …, 1) weights has variance 2 / (n + 1)
    model, x = network(units=(4000, 1)), sample(2000)
    initialize_from_data(model, x, seed=0)
    _, bias = pre_activations(model, x)[0]
    np.testing.assert_allclose(bias.var(), 2 / 6, rtol=0.1)


def test_rules_can_be_left_out():
    model, x = network(), sample()
    before = model.get_weights()
    initialize_from_data(model, x, weights=None, biases=None, seed=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    initialize_from_data(model, x, biases=None, seed=0)
    assert all((b == 0).all() for _, b in pre_activations(model, x))
    kernels = [w for w in model.get_weights() if w.ndim == 2]
    initialize_from_data(model, x, weights=None, seed=0)
    for old, new in zip(
        kernels, [w for w in model.get_weights() if w.ndim == 2], strict=True
    ):
        np.testing.assert_array_equal(old, new)


def test_what_does_not_vary_gets_finite_weights():
    model = network(activation="relu")
    initialize_from_data(model, np.ones((10, 5), "float32"), seed=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    np.testing.assert_allclose(model.get_weights()[0].std(), 5**-0.5, rtol=0.3)


def test_seed_repeats_and_no_other_random_state_moves():
    one, two, x = network(), network(), sample()
    np.random.seed(0)  # noqa: NPY002
    keras.utils.set_random_seed(0)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    initialize_from_data(one, x, seed=3)
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
    initialize_from_data(two, x, seed=3)
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_inputs_in_a_dict_other_layers_and_half_precision():
    inputs = {"a": keras.Input((2,), name="a"), "b": keras.Input((3,), name="b")}
    x = keras.layers.Concatenate()([inputs["a"], inputs["b"]])
    x = keras.layers.Dense(8, use_bias=False)(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Dense(4, dtype="mixed_bfloat16")(x)
    model, data = keras.Model(inputs, x), sample()
    moving = model.layers[-2].get_weights()
    initialize_from_data(model, {"a": data[:, :2], "b": data[:, 2:]}, seed=0)
    for old, new in zip(moving, model.layers[-2].get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    y = model.predict({"a": data[:, :2], "b": data[:, 2:]}, verbose=0)
    np.testing.assert_allclose(y.astype("float64").std(axis=0), 1, rtol=0.02)


def test_sequences_count_every_position():
    model = keras.Sequential([keras.Input((7, 5)), keras.layers.Dense(4)])
    x = np.random.default_rng(0).normal(size=(50, 7, 5)).astype("float32")
    initialize_from_data(model, x, seed=0)
    np.testing.assert_allclose(np.std(model(x), axis=(0, 1)), 1, rtol=1e-5)


def scaled_network(members, *, units=(16, 3), use_bias=True):
    """Factors, a scale in front that is not one, and an activation in between."""
    inputs = keras.Input((5,))
    front = FrontScale(members=members)
    x = front(inputs)
    for n in units:
        x = keras.layers.Activation("selu")(x)
        x = ScaledDense(
            n, kernel_factor=3.0, bias_factor=0.2, use_bias=use_bias, members=members
        )(x)
    front.offset.assign(
        np.linspace(-1, 1, front.offset.value.numpy().size).reshape(front.offset.shape)
    )
    return keras.Model(inputs, x)


def dense_inputs(model, x, member):
    """h, W/√d and b of every scaled dense layer for one member, by NumPy alone."""

    def one(w):
        return w.astype("float64") if member is None else w[member].astype("float64")

    h = x.astype("float64")
    for layer in model.layers:
        if isinstance(layer, FrontScale):
            h = h * (1 + 6 * one(layer.offset.numpy()))
        elif isinstance(layer, keras.layers.Activation):
            h = keras.ops.convert_to_numpy(keras.activations.selu(h))
        elif isinstance(layer, ScaledDense):
            kernel, bias = layer.plain_weights()
            yield h, one(kernel), one(bias)
            h = h @ one(kernel) + one(bias)


@pytest.mark.parametrize("members", [None, 3])
def test_scaled_dense_layers_and_each_of_their_members(members):
    model, x = scaled_network(members), sample()
    initialize_from_data(model, x, seed=0)
    kernels = []
    for member in [None] if members is None else range(members):
        for h, kernel, bias in dense_inputs(model, x, member):
            z = h @ kernel
            np.testing.assert_allclose(z.std(axis=0), 1, rtol=1e-4)
            assert (z.min(axis=0) <= -bias).all()
            assert (-bias <= z.max(axis=0)).all()
            assert np.unique(bias).size == bias.size
            kernels.append(kernel.tobytes())
    assert len(set(kernels)) == len(kernels)


def test_a_scaled_dense_layer_gets_the_weights_of_a_dense_one():
    x = sample()
    dense = keras.Sequential([keras.Input((5,)), keras.layers.Dense(4)])
    scaled = keras.Sequential([keras.Input((5,)), ScaledDense(4, kernel_factor=2.0)])
    for model in (dense, scaled):
        initialize_from_data(model, x, seed=3)
    pairs = zip(dense.get_weights(), scaled.layers[0].plain_weights(), strict=True)
    for theirs, ours in pairs:
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_scaled_dense_rules_can_be_left_out():
    model, x = scaled_network(2, use_bias=False), sample()
    initialize_from_data(model, x, seed=0)
    before = model.get_weights()
    initialize_from_data(model, x, weights=None, seed=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, x):
        return self.dense(x)


@pytest.mark.parametrize(
    "model",
    [
        Subclassed(),
        keras.Sequential([keras.layers.Dense(1)]),
        keras.Sequential([keras.Input((5,)), keras.layers.ReLU()]),
        keras.Sequential([keras.Input((5,)), network(), keras.layers.Dense(1)]),
    ],
    ids=["subclassed", "unbuilt", "without dense layers", "nested"],
)
def test_models_it_cannot_see_through(model):
    with pytest.raises(
        ValueError, match="model must be a built Functional or Sequential"
    ):
        initialize_from_data(model, sample())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": "he"}, "weights must be 'std' or None, got 'he'"),
        ({"biases": "zeros"}, r"biases must be 'he\+5' or None, got 'zeros'"),
        ({"sample": sample(1)}, "sample must have >= 2 rows, got 1"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=f"initialize_from_data: {message}"):
        initialize_from_data(network(), **{"sample": sample(), **arguments})
