"""Run by test_optimizers.py in a process of its own, with two logical CPUs.

Prints as JSON how far two replicas are from one device: ``steps`` for every optimizer
in a loop by hand, ``fit`` for ``Model.fit``, ``unbuilt`` for a first step that has to
create the state.
"""

import json

import keras
import numpy as np
import tensorflow as tf

from mlpkit.components.optimizers import OPTIMIZERS, Adam
from mlpkit.components.schedules import OneCycle

SHAPES = {"kernel": (5, 4), "bias": (4,), "large": (200, 200)}
STEPS = 8
OPTIONS = [
    {"weight_decay": 0.1, "global_clipnorm": 1.0},
    {"clipvalue": 0.3, "gradient_accumulation_steps": 2},
    {
        "clipnorm": 0.5,
        "use_ema": True,
        "ema_overwrite_frequency": 3,
        "gradient_accumulation_steps": 2,
    },
]


def variables():
    rng = np.random.default_rng(0)
    return [
        keras.Variable(rng.normal(size=shape), dtype="float32", name=name)
        for name, shape in SHAPES.items()
    ]


def shares():
    """The gradients of two replicas, step by step."""
    rng = np.random.default_rng(1)
    return [
        [[rng.normal(size=s).astype("float32") for s in SHAPES.values()] for _ in "ab"]
        for _ in range(STEPS)
    ]


def on_one(make):
    weights, optimizer = variables(), make()
    optimizer.build(weights)
    step = tf.function(optimizer.apply, autograph=False)
    for first, second in shares():
        step([tf.constant(a + b) for a, b in zip(first, second, strict=True)])
    return [v.numpy() for v in [*weights, *optimizer.variables]]


def on_two(make, strategy):
    with strategy.scope():
        weights, optimizer = variables(), make()
        optimizer.build(weights)

    @tf.function(autograph=False)
    def step(grads):
        strategy.run(lambda *g: optimizer.apply(list(g)), args=grads)

    for pair in shares():
        step(
            tuple(
                strategy.experimental_distribute_values_from_function(
                    lambda c, i=i, pair=pair: tf.constant(
                        pair[c.replica_id_in_sync_group][i]
                    )
                )
                for i in range(len(SHAPES))
            )
        )
    for weight in weights:
        first, second = strategy.experimental_local_results(weight.value)
        np.testing.assert_array_equal(first.numpy(), second.numpy())
    return [v.numpy() for v in [*weights, *optimizer.variables]]


def distance(a, b):
    return float(max(np.abs(x - y).max() for x, y in zip(a, b, strict=True)))


def steps(strategy):
    result = {}
    for name, optimizer in OPTIMIZERS.items():
        # what the options do is the same code for all: every one of them once
        for options in OPTIONS if name == "adam" else OPTIONS[-1:]:

            def make(optimizer=optimizer, options=options):
                return optimizer(OneCycle(0.01, total_steps=STEPS), **options)

            key = f"{name} {sorted(options)}"
            result[key] = distance(on_one(make), on_two(make, strategy))
    return result


def fit(strategy):
    def train(strategy):
        keras.utils.set_random_seed(0)
        with strategy.scope():
            model = keras.Sequential(
                [
                    keras.layers.Input((5,)),
                    keras.layers.Dense(8, "tanh"),
                    keras.layers.Dense(1),
                ]
            )
            optimizer = Adam(
                OneCycle(0.01, total_steps=32),
                global_clipnorm=0.1,
                weight_decay=0.1,
                use_ema=True,
                gradient_accumulation_steps=2,
            )
            model.compile(optimizer, "mse")
        x = np.random.default_rng(0).normal(size=(128, 5)).astype("float32")
        model.fit(x, x[:, :1], batch_size=16, epochs=4, shuffle=False, verbose=0)
        return model.get_weights()

    return {"fit": distance(train(tf.distribute.get_strategy()), train(strategy))}


def unbuilt(strategy):
    with strategy.scope():
        weights, optimizer = variables(), Adam(0.5)

    @tf.function(autograph=False)
    def step():
        strategy.run(
            lambda: optimizer.apply([tf.ones(v.shape) for v in weights], weights)
        )

    step()
    moved = [v.numpy() for v in weights]
    expected = [v.numpy() - 0.5 for v in variables()]
    return {"unbuilt": distance(moved, expected)}


if __name__ == "__main__":
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * 2
    )
    mirrored = tf.distribute.MirroredStrategy(["cpu:0", "cpu:1"])
    found = {part.__name__: part(mirrored) for part in (steps, fit, unbuilt)}
    print(json.dumps(found))  # noqa: T201
