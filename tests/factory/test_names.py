import keras
import pytest

from mlpkit.factory.names import fresh_names


def names():
    with fresh_names():
        return [keras.layers.Dense(1).name for _ in range(2)]


def test_names_repeat_and_those_outside_go_on():
    outside = keras.layers.Dense(1).name
    first = names()
    assert names() == first
    assert outside not in first
    assert len(set(first)) == 2
    assert keras.layers.Dense(1).name == first[0]  # as if nothing had been


def test_layer_from_outside_in_a_network_made_inside():
    shared = keras.layers.Dense(2)
    with fresh_names():
        inside = keras.layers.Dense(3)
        model = keras.Sequential([keras.Input((1,)), shared, inside])
    assert len({layer.name for layer in model.layers}) == 2


def test_also_after_an_error():
    first = names()
    with pytest.raises(ValueError, match="units"), fresh_names():
        keras.layers.Dense(-len(keras.layers.Dense(1).name))
    assert names() == first
