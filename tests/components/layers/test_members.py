import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.layers import FrontScale, MemberScale, PeriodicEmbedding
from mlpkit.components.layers.members import each_member, spread_seed

LAYERS = [FrontScale, PeriodicEmbedding]


def test_every_member_draws_its_own_with_the_fans_of_one_network():
    initializer = keras.initializers.HeNormal(seed=3)
    draw = each_member(initializer, 4, factor=0.5)
    drawn = np.asarray(draw((4, 200, 100)))
    assert len({w.tobytes() for w in drawn}) == 4
    np.testing.assert_allclose(drawn.std(axis=(1, 2)), 2 * (2 / 200) ** 0.5, rtol=0.03)
    assert (
        np.abs(np.corrcoef(drawn.reshape(4, -1))[~np.eye(4, dtype=bool)]).max() < 0.05
    )
    np.testing.assert_array_equal(draw((4, 200, 100)), drawn)


def test_without_members_it_is_the_initializer_itself():
    initializer = keras.initializers.GlorotUniform(seed=3)
    np.testing.assert_array_equal(
        each_member(initializer, None)((5, 4)), initializer((5, 4))
    )


@pytest.mark.parametrize(
    "initializer",
    [
        keras.initializers.RandomNormal(seed=keras.random.SeedGenerator(1)),
        keras.initializers.RandomNormal(),
        lambda shape, dtype=None: keras.random.normal(shape, dtype=dtype),
    ],
)
def test_other_kinds_of_initializers_draw_per_member(initializer):
    one, two = np.asarray(each_member(initializer, 2)((2, 5, 4)))
    assert not np.array_equal(one, two)


def test_spread_seeds_repeat_and_differ():
    assert spread_seed(1, 3) == spread_seed(1, 3)
    assert len({*spread_seed(1, 3), *spread_seed(2, 3)}) == 6
    assert spread_seed(None, 2) == [None, None]


@pytest.mark.parametrize("cls", LAYERS)
@pytest.mark.parametrize("members", [0, -1, 2.0])
def test_members_must_be_a_count(cls, members):
    message = f"{cls.__name__}: members must be None or a whole number >= 1, got"
    with pytest.raises(ValueError, match=message):
        cls(members=members)


@pytest.mark.parametrize("cls", LAYERS)
def test_input_must_fit_the_members(cls):
    message = r"must be \(rows, features\) or \(2, rows, features\) with members=2"
    for shape in ((3, 5, 4), (2, 3, 5, 4)):
        with pytest.raises(ValueError, match=message):
            cls(members=2)(np.ones(shape, "float32"))
    for shape in ((4,), (3, None)):
        with pytest.raises(ValueError, match="with known features, got shape"):
            cls().build(shape)


@pytest.mark.parametrize("cls", LAYERS)
def test_shape_is_known_before_the_rows_are(cls):
    layer = cls(members=2)
    for rows in (keras.Input((4,)), keras.Input(batch_shape=(2, None, 4))):
        assert layer(rows).shape == layer.compute_output_shape(rows.shape)
        assert layer(rows).shape[:2] == (2, None)


def test_views_can_be_widened_again():
    x = np.ones((3, 4), "float32")
    views = MemberScale(2, seed=1)(x)
    again = MemberScale(2, seed=1)(views)
    np.testing.assert_array_equal(again, tf.square(views))
