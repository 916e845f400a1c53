"""What makes two models share a loop, and what does not."""

import keras
import numpy as np
import pytest

from mlpkit import build_model, optimizers, schedules
from mlpkit.training.engine.architecture import architecture


def network(optimizer=None, **options):
    given = {"hidden": (4,), "dropout": 0.1, "seed": 1, **options}
    model = build_model(
        "regression", num_features=3, optimizer=optimizer or optimizers.Adam(), **given
    )
    model.optimizer.build(model.trainable_variables)
    return model


SAME = {
    "seed": {"seed": 2},
    "rate of dropout": {"dropout": 0.4},
    "initializer": {"initializer": "glorot_uniform"},
    "learning rate": {"optimizer": optimizers.Adam(0.5)},
    "beta": {"optimizer": optimizers.Adam(beta_1=0.5, beta_2=0.7)},
}
OTHER = {
    "width": {"hidden": (5,)},
    "depth": {"hidden": (4, 4)},
    "activation": {"activation": "tanh"},
    "argument of an activation": {"activation": {"name": "leaky_relu"}},
    "no dropout": {"dropout": 0.0},
    "batch norm": {"batch_norm": True},
    "optimizer": {"optimizer": optimizers.SGD(0.1)},
    "epsilon": {"optimizer": optimizers.Adam(epsilon=1e-3)},
    "decay": {"optimizer": optimizers.Adam(weight_decay=0.1)},
    "schedule": {"optimizer": optimizers.Adam(schedules.CosLog4(1.0, total_steps=2))},
    "precision": {"dtype": "mixed_bfloat16"},
}


@pytest.mark.parametrize("case", SAME)
def test_numbers_and_starts_do_not_count(case):
    assert architecture(network(**SAME[case])) == architecture(network())


@pytest.mark.parametrize("case", OTHER)
def test_graphs_count(case):
    assert architecture(network(**OTHER[case])) != architecture(network())


@pytest.mark.parametrize(
    "compiling",
    [
        {"loss": "mae"},
        {"loss": "mse", "metrics": ["mae"]},
        {"loss": keras.losses.Huber(delta=0.5)},
        {"loss": keras.losses.Huber(delta=0.7)},
        {"loss": "mse", "loss_weights": [0.5]},
        {"loss": lambda y, z: keras.ops.mean(y - z)},
    ],
)
def test_losses_and_metrics_count(compiling):
    plain, other = network(), network()
    other.compile(optimizers.Adam(), **compiling)
    other.optimizer.build(other.trainable_variables)
    assert architecture(plain) != architecture(other)


def test_penalties_of_any_weight_count():
    plain, light, heavy, again = (network() for _ in range(4))
    for model, strength in ((light, 0.1), (heavy, 0.2), (again, 0.1)):
        model.trainable_variables[0].regularizer = keras.regularizers.L2(strength)
    assert architecture(light) == architecture(again)
    assert len({architecture(m) for m in (plain, light, heavy)}) == 3


def test_frozen_weights_count():
    frozen = network()
    frozen.get_layer("hidden_1").trainable = False
    assert architecture(frozen) != architecture(network())


class Bent(keras.layers.Layer):
    def __init__(self, slope):
        super().__init__()
        self.slope = slope

    def call(self, x):
        return self.slope * x


def test_what_a_stranger_keeps_to_itself_is_not_guessed():
    """Bent has no get_config: two of them look alike, and are not."""
    models = []
    for slope in (1.0, 2.0):
        model = keras.Sequential([keras.Input((2,)), Bent(slope)])
        model.add(keras.layers.Dense(1))
        model.compile(keras.optimizers.SGD(np.float64(0.1)), "mse")
        model.optimizer.build(model.trainable_variables)
        models.append(model)
    assert architecture(models[0]) != architecture(models[1])
    assert architecture(models[0]) == architecture(models[0])
