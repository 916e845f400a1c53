import keras
import pytest

from mlpkit.components.optimizers import SGD
from mlpkit.components.optimizers.weight_decay import decays, patterns_for


def network():
    return keras.Sequential(
        [
            keras.layers.Input((3,)),
            keras.layers.Dense(4, name="first"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.PReLU(name="act"),
            keras.layers.Dense(1, name="last"),
        ],
        name="net",
    )


def decayed(optimizer, model):
    optimizer.build(model.trainable_variables)
    buffers = optimizer.state.buffers
    return {
        v.path.split("/", 1)[-1]
        for b in buffers
        for v, d in zip(b.variables, b.decayed, strict=True)
        if d
    }


def test_only_kernels_decay_by_default():
    found = decayed(SGD(weight_decay=0.1), network())
    assert {"/".join(p.split("/")[-2:]) for p in found} == {
        "first/kernel",
        "last/kernel",
    }


def test_patterns_match_whole_names_or_whole_paths():
    (kernel, *_) = network().trainable_variables
    assert not decays(kernel, ["kernel"])
    assert not decays(kernel, [".*first/.*"])
    assert decays(kernel, ["kern", "first"])


def test_exclusions_of_keras_method_are_serialized():
    model = network()
    optimizer = SGD(weight_decay=0.1)
    optimizer.exclude_from_weight_decay(
        var_list=[model.trainable_variables[0]], var_names=["last"]
    )
    again = SGD.from_config(optimizer.get_config())
    assert again.get_config() == optimizer.get_config()
    assert decayed(again, model) == set()


def test_exclusions_after_build_are_refused():
    optimizer = SGD(weight_decay=0.1)
    optimizer.build(network().trainable_variables)
    with pytest.raises(ValueError, match="SGD: exclude_from_weight_decay must be call"):
        optimizer.exclude_from_weight_decay(var_names=["last"])


def test_paths_are_taken_literally():
    class Odd:
        name, path = "w", "a.b/w"

    assert patterns_for([Odd()], []) == [r"a\.b/w"]
