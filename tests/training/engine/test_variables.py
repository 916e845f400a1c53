"""All that training changes, once each, and copies of it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit import losses
from mlpkit.training.engine.variables import (
    Copies,
    Values,
    handles,
    parts,
    run_time_values,
    variables_of,
)
from mlpkit.training.inputs import build


def test_all_that_training_changes_is_named_once():
    shared = keras.layers.Dense(3)
    net = keras.Sequential([keras.Input((3,)), shared, keras.layers.Dropout(0.1)])
    net.add(shared)
    net.compile("adam", "mse", metrics=["mae"])
    build(net, (np.ones((2, 3)), np.ones((2, 3))))
    found = variables_of(net)
    kinds = [*net.weights, *net.optimizer.variables, *net.metrics_variables]
    seeds = net.layers[1].seed_generator.state
    assert {id(v) for v in found} == {id(v) for v in [*kinds, seeds]}
    assert len(found) == len({id(v) for v in found})
    assert len(handles(net.distribute_strategy, found)) == len(found)
    assert all(
        h is v.value.handle
        for h, v in zip(handles(net.distribute_strategy, found), found, strict=True)
    )


def test_settings_are_told_once_for_each_use():
    loss = losses.SparseCategoricalCrossentropy(label_smoothing=0.1)
    inputs = keras.Input((2,))
    ends = [keras.layers.Dense(2, name=n)(inputs) for n in "ab"]
    net = keras.Model(inputs, ends)
    net.compile("sgd", [loss, loss])
    first, second = run_time_values(net)
    assert first is second
    net.compile("sgd", "mse")
    assert run_time_values(net) == []


def test_copies_come_back_to_any_variables_of_their_shapes():
    own, other = tf.Variable([1.0, 2.0]), tf.Variable([0.0, 0.0])
    copies = Copies([own])
    own.assign([3.0, 4.0])
    copies.keep(tf.constant(value=True))
    own.assign([5.0, 6.0])
    copies.keep(tf.constant(value=False))
    copies.restore([other])
    assert other.numpy().tolist() == [3, 4]
    assert own.numpy().tolist() == [5, 6]


def test_members_are_kept_one_by_one():
    weight, step = tf.Variable([[1.0], [2.0], [3.0]]), tf.Variable(7.0)
    copies = Copies([weight, step])
    weight.assign([[4.0], [5.0], [6.0]])
    step.assign(8.0)
    copies.keep(tf.constant([True, False, True]))
    assert copies.values[0].numpy().ravel().tolist() == [4, 2, 6]
    assert copies.values[1].numpy() == 8  # of all members together


@pytest.mark.parametrize("jit", [False, True], ids=["graph", "XLA"])
def test_values_stay_whatever_is_done_to_the_variables(jit):
    weight = keras.Variable(np.arange(3000.0), dtype="float32")
    values = Values(parts(tf.distribute.get_strategy(), [weight, tf.Variable(1)]))

    @tf.function(jit_compile=jit, autograph=False)
    def change():
        weight.value.assign_sub(tf.ones([3000]))  # in place where nobody holds it
        weight.value.assign_add(tf.ones([3000]) * 3.0)

    change()
    values.read()
    change()
    np.testing.assert_array_equal(weight.numpy(), np.arange(3000) + 4)
    values.write()
    np.testing.assert_array_equal(weight.numpy(), np.arange(3000) + 2)
    change()
    values.write()
    np.testing.assert_array_equal(weight.numpy(), np.arange(3000) + 2)
