import keras
import numpy as np
import pytest

from mlpkit.components.optimizers.buffers import Buffer, arrange, state_dtype


def variables(*shapes, dtype="float32"):
    return [keras.Variable(np.zeros(s), dtype=dtype) for s in shapes]


def test_small_variables_share_and_large_ones_do_not():
    large, small = (200, 200), (20, 20)
    held = arrange(variables(small, large, small, (3,)), [True] * 4)
    assert [b.indices for b in held] == [[0, 2, 3], [1]]
    assert [b.alone for b in held] == [False, True]
    assert held[1].shape == large


def test_a_full_buffer_is_followed_by_another():
    held = arrange(variables(*[(100, 100)] * 7), [True] * 7)
    assert [b.indices for b in held] == [[0, 1, 2], [3, 4, 5], [6]]


def test_types_do_not_mix():
    mixed = variables((2,), (3,)) + variables((2,), dtype="float64")
    mixed += variables((2,), dtype="bfloat16")
    held = arrange(mixed, [True] * 4)
    assert [b.indices for b in held] == [[0, 1], [2], [3]]
    assert [b.dtype for b in held] == ["float32", "float64", "float32"]
    assert [b.narrow for b in held] == [None, None, "bfloat16"]


def test_variables_that_gradients_overwrite_have_no_buffer():
    held = variables((2,), (3,))
    held[0].overwrite_with_gradient = True
    assert [b.indices for b in arrange(held, [True, True])] == [[1]]


@pytest.mark.parametrize(
    "shapes", [[(2, 3), (), (5,)], [(64,), (8, 8)], [(64, 2)], [()]]
)
def test_splitting_undoes_joining(shapes):
    buffer = Buffer(variables(*shapes), range(len(shapes)), [True] * len(shapes))
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=s).astype("float32") for s in shapes]
    joined = buffer.join([keras.ops.convert_to_tensor(p) for p in parts])
    assert tuple(joined.shape) == buffer.shape
    for part, again in zip(parts, buffer.split(joined), strict=True):
        np.testing.assert_array_equal(part, again)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shapes", [[(3, 5), (7,)], [(300, 200)], [()], [(40_000,)]])
def test_one_bad_element_anywhere_is_found(shapes, dtype):
    held = variables(*shapes, dtype=dtype)
    buffer = Buffer(held, range(len(held)), [True] * len(held))
    size = int(np.prod(buffer.shape)) - buffer.padding
    good = np.random.default_rng(0).normal(size=buffer.shape).astype(dtype)
    assert bool(buffer.is_sound(keras.ops.convert_to_tensor(good)))
    too_large = 1e20 if dtype == "float32" else 1e160
    for value in (np.nan, np.inf, -np.inf, too_large, -too_large):
        for place in {0, size // 2, size - 1}:
            bad = good.copy().reshape(-1)
            bad[place] = value
            bad = keras.ops.convert_to_tensor(bad.reshape(good.shape))
            assert not bool(buffer.is_sound(bad))


def test_large_but_harmless_gradients_are_sound():
    buffer = Buffer(variables((128, 128)), [0], [True])
    assert bool(buffer.is_sound(keras.ops.full((128, 128), 1e17)))


@pytest.mark.parametrize(
    ("dtype", "state"),
    [
        ("float16", "float32"),
        ("bfloat16", "float32"),
        ("float32", "float32"),
        ("float64", "float64"),
    ],
)
def test_state_is_never_narrower(dtype, state):
    assert state_dtype(dtype) == state


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_masters_follow_what_others_write(dtype):
    (weight,) = variables((3,), dtype=dtype)
    buffer = Buffer([weight], [0], [True])
    exact = np.array([1.001, -3.3, 1e-4], "float32")
    buffer.master = keras.Variable(exact)
    weight.assign(exact)
    np.testing.assert_array_equal(buffer._current_masters(), exact)
    weight.assign([2.0, -3.3, 0.0])
    expected = [2.0, exact[1], 0.0]
    np.testing.assert_array_equal(buffer._current_masters(), np.float32(expected))
