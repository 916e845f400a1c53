import keras
import numpy as np
import pytest

from mlpkit.components.layers import MemberDense, MemberGradient, ScaledDense
from mlpkit.config import ModelConfig
from mlpkit.factory.head import Head
from mlpkit.factory.tasks import TASKS


def layers(parametrization="standard", task="multiclass", **members):
    config = ModelConfig(parametrization=parametrization)
    lead = (members["members"],) if "members" in members else ()
    inputs = keras.Input(batch_shape=(*lead, None, 9))
    outputs = Head(TASKS[task], 3, config, seed=1)(inputs, **members)
    return keras.Model(inputs, outputs).layers[1:]


@pytest.mark.parametrize(
    ("arguments", "types"),
    [
        ({}, [keras.layers.Dense]),
        ({"parametrization": "ntk"}, [ScaledDense, keras.layers.Activation]),
        ({"members": 2}, [MemberDense, MemberGradient, keras.layers.Activation]),
        ({"tabm": 2}, [MemberDense, keras.layers.Activation]),
        (
            {"parametrization": "ntk", "members": 2},
            [ScaledDense, MemberGradient, keras.layers.Activation],
        ),
    ],
)
def test_layers(arguments, types):
    found = layers(**arguments)
    assert [type(layer) for layer in found] == types
    assert found[-1].activation is keras.activations.softmax
    assert {layer.compute_dtype for layer in found} == {"float32"}


def test_members_start_as_a_single_one_does_each_with_its_own_draw():
    (dense,) = layers()
    bound = np.sqrt(6 / (9 + 3))  # Glorot
    kernel = layers(members=200)[0].get_weights()[0]
    assert dense.get_weights()[0].shape == kernel.shape[1:]
    assert 0.98 * bound < kernel.max() <= bound
    assert len(np.unique(kernel[:, 0, 0])) == 200
