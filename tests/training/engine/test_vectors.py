"""Weights side by side: the same values as of copies, and fewer operations."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit.training.engine.averaged import AveragedWeights
from mlpkit.training.engine.variables import Copies
from mlpkit.training.engine.vectors import CopiedVectors, Vectors

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


def test_who_is_restored_has_as_many_variables():
    with pytest.raises(ValueError, match="zip"):
        Vectors([tf.Variable(1.0)]).restore([tf.Variable(1.0), tf.Variable(2.0)])


def test_copies_are_of_the_vectors_when_they_are_asked_for():
    target = tf.Variable([0.0, 0.0])
    vectors = Vectors([tf.Variable([1.0, 2.0])])
    copies = CopiedVectors(vectors)
    vectors.values[0].assign([3.0, 4.0])
    copies.keep(tf.constant(value=False))
    copies.restore([target])
    assert target.numpy().tolist() == [0, 0]
    copies.keep(tf.constant(value=True))
    vectors.values[0].assign([5.0, 6.0])
    copies.restore([target])
    assert target.numpy().tolist() == [3, 4]


def test_a_graph_is_smaller_than_with_copies_of_each():
    weights = [tf.Variable(tf.zeros([3, i + 1])) for i in range(12)]

    def operations(kept: Copies | CopiedVectors, average: Copies | Vectors) -> int:
        @tf.function(autograph=False)
        def kept_and_given(which: tf.Tensor) -> None:
            average.restore(weights)
            kept.keep(which)

        graph = kept_and_given.get_concrete_function(tf.TensorSpec([], "bool")).graph
        inner = [f.graph for f in graph._functions.values() if hasattr(f, "graph")]
        return len(graph.get_operations()) + sum(len(g.get_operations()) for g in inner)

    vectors = Vectors(weights)
    ours = operations(CopiedVectors(vectors), vectors)
    assert ours < 0.8 * operations(Copies(weights), Copies(weights))


@pytest.mark.parametrize("dtype", ["float64", "float16", "int32"])
def test_weights_of_each_type_have_their_own_average(dtype):
    narrow, other = tf.Variable([1.0, 2.0]), tf.Variable([3, 5], dtype=dtype)
    averaged = AveragedWeights([narrow, other], decay=1.0)

    @tf.function(autograph=False)
    def epoch() -> list[tf.Tensor]:
        narrow.assign_add([1.0, 1.0])
        other.assign_add([2, 2])
        with averaged.counting(tf.constant(value=True)):
            return [tf.identity(narrow), tf.identity(other)]

    expected = [np.zeros(2), np.zeros(2)]
    for t in range(1, 4):
        share = 2 / (t + 1)
        now = [np.array([1.0, 2.0]) + t, np.array([3.0, 5.0]) + 2 * t]
        expected = [a + share * (w - a) for a, w in zip(expected, now, strict=True)]
        if dtype == "int32":  # what cannot be averaged is the last value
            expected[1] = now[1]
        for found, value in zip(epoch(), expected, strict=True):
            np.testing.assert_allclose(found, value, rtol=1e-3)
        np.testing.assert_allclose(other.numpy(), now[1])
