import keras
import pytest

from mlpkit.factory.names import fresh_names


def test_names_are_those_of_a_fresh_process_and_counted_on_afterwards():
    before = keras.layers.Dense(1).name
    for _ in range(2):
        with fresh_names():
            assert [keras.layers.Dense(1).name for _ in range(2)] == [
                "dense",
                "dense_1",
            ]
    after = keras.layers.Dense(1).name
    numbers = [
        int(name.removeprefix("dense").lstrip("_") or 0) for name in (before, after)
    ]
    assert numbers[1] == numbers[0] + 1


def test_also_after_an_error():
    before = keras.layers.Dense(1).name
    with pytest.raises(KeyError), fresh_names():
        raise KeyError
    assert keras.layers.Dense(1).name not in {before, "dense"}
