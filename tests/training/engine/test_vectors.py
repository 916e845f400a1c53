"""Weights side by side: the same values as of copies, and fewer operations."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit import fit
from mlpkit.training.engine.variables import Copies
from mlpkit.training.engine.vectors import Vectors

_SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)
_TYPES = st.sampled_from(["float32", "float64", "float16", "int32"])


def _variables(kinds: list, seed: int) -> list[tf.Variable]:
    rng = np.random.default_rng(seed)
    return [
        tf.Variable(rng.integers(-9, 9, size=shape).astype(dtype))
        for shape, dtype in kinds
    ]


@given(st.lists(st.tuples(_SHAPES, _TYPES), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_what_is_joined_comes_back_to_each_variable(kinds):
    own, other = _variables(kinds, 0), _variables(kinds, 1)
    vectors = Vectors(own)
    assert len(vectors.values) == len({v.dtype for v in own})
    joined = vectors.join([tf.convert_to_tensor(v) for v in own])
    for kept, value in zip(vectors.values, joined, strict=True):
        kept.assign(value)
    vectors.restore(other)
    for one, two in zip(own, other, strict=True):
        np.testing.assert_array_equal(one.numpy(), two.numpy())


def test_the_values_of_others_are_kept_if_asked():
    own, target = [tf.Variable([1.0, 2.0])], [tf.Variable([0.0, 0.0])]
    lent = Vectors(own)
    kept = Vectors(own, like=lent)
    lent.values[0].assign([3.0, 4.0])
    kept.keep(tf.constant(value=False))
    kept.restore(target)
    assert target[0].numpy().tolist() == [0, 0]
    kept.keep(tf.constant(value=True))
    lent.values[0].assign([5.0, 6.0])
    kept.restore(target)
    assert target[0].numpy().tolist() == [3, 4]


def test_there_must_be_values_to_keep():
    with pytest.raises(ValueError, match="vectors to copy"):
        Vectors([tf.Variable(1.0)]).keep(tf.constant(value=True))


def test_a_graph_is_smaller_than_with_copies():
    weights = [tf.Variable(tf.zeros([3, i + 1])) for i in range(12)]

    def operations(kept: Copies | Vectors) -> int:
        @tf.function(autograph=False)
        def kept_and_given(which: tf.Tensor) -> None:
            kept.keep(which)
            kept.restore(weights)

        graph = kept_and_given.get_concrete_function(tf.TensorSpec([], "bool")).graph
        inner = [f.graph for f in graph._functions.values() if hasattr(f, "graph")]
        return len(graph.get_operations()) + sum(len(g.get_operations()) for g in inner)

    assert operations(Vectors(weights, like=Vectors(weights))) < operations(
        Copies(weights)
    )


def test_weights_of_several_types_are_averaged_each_in_its_own():
    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    inputs = keras.Input((3,))
    wide = keras.layers.Dense(4, dtype="float64", name="wide")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, name="narrow")(wide))
    model.compile("sgd", "mse")
    types = {w.dtype for w in model.weights}
    fit(model, x, x[:, :1], epochs=3, validation_split=0.25, weight_averaging=1.0)
    assert types == {"float32", "float64"} == {w.dtype for w in model.weights}
    assert all(np.isfinite(w).all() for w in model.get_weights())
