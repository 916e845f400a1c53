import keras
import pytest

from mlpkit.training.engine import block_steps, rule
from mlpkit.training.engine.rule import between_products


def model(layer=None):
    net = keras.Sequential([keras.Input((2,)), layer or keras.layers.Dense(1)])
    net.compile("sgd", "mse")
    return net


class Python(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_jit = False


@pytest.mark.parametrize(
    ("steps", "batch_bytes", "jit_compile", "expected"),
    [
        (10, 1000, "auto", 0),
        (10, 1000, True, 64),
        (10**6, 1000, "auto", 64),
        (10**6, 1000, False, 0),
        (10**6, 2**20, "auto", 4),
        (10**6, 2**30, "auto", 1),
    ],
)
def test_long_trainings_are_compiled_in_blocks_that_fit_the_cache(
    steps, batch_bytes, jit_compile, expected
):
    given = {"batch_size": 32, "batch_bytes": batch_bytes, "jit_compile": jit_compile}
    assert block_steps(model(), steps=steps, **given) == expected


def test_a_layer_that_xla_does_not_know_means_a_plain_graph():
    numbers = {
        "steps": 10**6,
        "batch_size": 32,
        "batch_bytes": 1000,
        "jit_compile": True,
    }
    assert block_steps(model(Python()), **numbers) == 0


def test_large_networks_are_compiled_sooner():
    wide = keras.Sequential([keras.Input((300,)), keras.layers.Dense(1000)])
    wide.compile("sgd", "mse")
    numbers = {
        "steps": 2000,
        "batch_size": 32,
        "batch_bytes": 1000,
        "jit_compile": "auto",
    }
    assert block_steps(wide, **numbers) == 64
    assert block_steps(model(), **numbers) == 0


def test_what_stands_between_the_products_counts():
    numbers = {"steps": 2000, "batch_bytes": 1000, "jit_compile": "auto"}
    wide = model(keras.layers.Dense(1000))
    normed = keras.Sequential([*wide.layers, keras.layers.BatchNormalization()])
    normed.build((None, 2))
    normed.compile("sgd", "mse")
    assert block_steps(wide, batch_size=128, **numbers) == 0
    assert block_steps(normed, batch_size=128, **numbers) == 64
    assert block_steps(normed, batch_size=4, **numbers) == 0


def test_what_a_subclass_computes_is_not_known():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = keras.layers.ReLU()

        def call(self, x):
            return self.inner(x)

    net = Own()
    net.compile("sgd", "mse")
    net(keras.ops.ones((1, 2)))
    numbers = {"batch_size": 10**6, "batch_bytes": 1000, "jit_compile": "auto"}
    assert block_steps(net, steps=4_999, **numbers) == 0
    assert block_steps(net, steps=5_000, **numbers) == 64


def test_members_and_views_count_as_often_as_they_are():
    def dropped(*lead):
        shape = keras.Input(batch_shape=(*lead, None, 4))
        return keras.Model(shape, keras.layers.Dropout(0.1)(shape))

    assert sum(between_products(dropped())) == 4
    assert sum(between_products(dropped(5))) == 20


def test_a_gpu_needs_xla_sooner(monkeypatch):
    numbers = {
        "steps": 500,
        "batch_size": 32,
        "batch_bytes": 1000,
        "jit_compile": "auto",
    }
    assert block_steps(model(), **numbers) == 0
    monkeypatch.setattr(rule, "on_gpu", lambda _: True)
    assert block_steps(model(), **numbers) == 64
    assert block_steps(model(), **{**numbers, "steps": 499}) == 0
