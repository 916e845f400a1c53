import keras
import numpy as np
import pytest

from mlpkit.components.layers import MemberScale

X = np.random.default_rng(0).normal(size=(7, 6)).astype("float32")


def test_scales_the_features_of_every_member():
    layer = MemberScale(3, distribution="normal", seed=1)
    y = layer(X)
    np.testing.assert_allclose(y, X * layer.get_weights()[0][:, None], rtol=1e-6)
    assert y.shape == layer.compute_output_shape(X.shape) == (3, 7, 6)


def test_starts_as_signs_or_as_normal():
    def start(**arguments):
        layer = MemberScale(32, seed=1, **arguments)
        layer.build((None, 500))
        return layer.get_weights()[0]

    signs, normal = start(), start(distribution="normal")
    assert set(np.unique(signs)) == {-1, 1}
    assert abs(signs.mean()) < 0.05
    assert abs(normal.mean()) < 0.05
    assert abs(normal.std() - 1) < 0.05
    for drawn in (signs, normal):
        assert np.abs(np.corrcoef(drawn)[np.triu_indices(32, 1)]).max() < 0.25


def test_columns_of_one_feature_start_alike_and_learn_apart():
    layer = MemberScale(4, distribution="normal", repeats=[3, 1, 2], seed=1)
    layer.build(X.shape)
    r = layer.get_weights()[0]
    assert r.shape == (4, 6)
    np.testing.assert_array_equal(r[:, 0], r[:, 2])
    np.testing.assert_array_equal(r[:, 4], r[:, 5])
    assert len(np.unique(r[0])) == 3
    assert len(np.unique(r[:, 0])) == 4


def test_with_one_member_and_scale_one_it_is_the_plain_network():
    inputs = keras.Input((6,))
    views = MemberScale(1)(inputs)
    dense = keras.layers.Dense(3, activation="relu")
    model, plain = (
        keras.Model(inputs, dense(views)),
        keras.Model(inputs, dense(inputs)),
    )
    model.layers[1].set_weights([np.ones((1, 6))])
    np.testing.assert_array_equal(model(X)[0], plain(X))


def test_seeds_repeat():
    def start(seed):
        layer = MemberScale(8, seed=seed)
        layer.build(X.shape)
        return layer.get_weights()[0]

    np.testing.assert_array_equal(start(1), start(1))
    assert not np.array_equal(start(1), start(2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"members": None}, "members must be a whole number >= 1, got None"),
        ({"members": 0}, "members must be None or a whole number >= 1, got 0"),
        ({"distribution": "ones"}, "must be 'sign' or 'normal', got 'ones'"),
        ({"repeats": []}, r"repeats must be numbers >= 1, got \[\]"),
        ({"repeats": [6, 0]}, r"repeats must be numbers >= 1, got \[6, 0\]"),
        ({"repeats": [4]}, "repeats must add up to the features, got 4 and 6"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=f"MemberScale: .*{message}"):
        MemberScale(**{"members": 2, **arguments}).build(X.shape)
