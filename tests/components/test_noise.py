import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.noise import Noise, uniform

SHAPE = (256, 128)
SEEDS = [(0, 0), (1, 0), (2**31 + 5, 7), (123456, 2**20)]


def bits(shape, seed):
    return np.asarray(Noise(np.array(seed, "uint32")).bits(shape))


def by_hand(count, seed):
    """The formula of the docstring with Python's own integers."""

    def mix(x, between=0):
        x = (x ^ x >> 16) * 0x7FEB352D % 2**32
        x = ((x ^ x >> 15) + between) * 0x846CA68B % 2**32
        return x ^ x >> 16

    first = mix((seed[0] + 0x9E3779B9) % 2**32)
    first = (first + mix((seed[1] + 0x85EBCA6B) % 2**32) * 0xC2B2AE35) % 2**32
    second = first * 0x85EBCA6B % 2**32
    return [mix(i ^ first, second) for i in range(count)]


@pytest.mark.parametrize("seed", SEEDS)
def test_equals_the_formula(seed):
    assert bits((3, 5), seed).ravel().tolist() == by_hand(15, seed)


def test_draws_of_one_seed_follow_one_another():
    noise = Noise(np.array((3, 4), "uint32"))
    drawn = [np.asarray(noise.bits(shape)).ravel() for shape in ((2, 3), (4,), (1, 5))]
    np.testing.assert_array_equal(np.concatenate(drawn), bits((15,), (3, 4)))


@pytest.mark.parametrize("jit", [False, True])
def test_compiled_and_with_unknown_shape_gives_the_same(jit):
    @tf.function(
        jit_compile=jit, input_signature=[tf.TensorSpec((None, 7)), tf.TensorSpec((2,))]
    )
    def compiled(x, seed):
        return Noise(seed).bits(keras.ops.shape(x))

    found = compiled(tf.zeros((5, 7)), tf.constant([3.0, 4.0]))
    np.testing.assert_array_equal(found, bits((5, 7), (3, 4)))
    assert found.dtype == "uint32"


@pytest.mark.parametrize("jit", [False, True])
def test_compiled_draws_of_unknown_shape_follow_one_another(jit):
    @tf.function(jit_compile=jit, input_signature=[tf.TensorSpec((None, 7))])
    def second(x):
        noise = Noise(tf.constant([3, 4]))
        noise.bits(keras.ops.shape(x))
        return noise.bits(keras.ops.shape(x))

    np.testing.assert_array_equal(second(tf.zeros((2, 7))), bits((4, 7), (3, 4))[2:])


@pytest.mark.parametrize("seed", SEEDS)
def test_every_bit_is_even_and_independent_of_the_others(seed):
    ones = (bits(SHAPE, seed).ravel()[:, None] >> np.arange(32, dtype="uint32")) & 1
    n = len(ones)
    # chi-square of 32 fair bits: mean 32, variance 64
    chi = ((ones.sum(axis=0) - n / 2) ** 2 / (n / 4)).sum()
    assert 0 < chi < 32 + 5 * 8
    correlation = np.corrcoef(ones.T)
    assert np.abs(correlation[np.triu_indices(32, 1)]).max() < 5 / n**0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_bytes_are_uniform(seed):
    for shift in (0, 8, 16, 24):
        counts = np.bincount(bits(SHAPE, seed).ravel() >> shift & 255, minlength=256)
        expected = np.prod(SHAPE) / 256
        chi = ((counts - expected) ** 2 / expected).sum()
        assert abs(chi - 255) < 5 * (2 * 255) ** 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_moments_and_correlations_of_neighbours_rows_and_seeds(seed):
    u = np.asarray(uniform(SHAPE, np.array(seed, "uint32"))).astype("float64")
    n = u.size
    assert abs(u.mean() - 1 / 2) < 5 / (12 * n) ** 0.5
    assert abs(u.var() - 1 / 12) < 5 / (180 * n) ** 0.5
    others = {
        "neighbour": np.roll(u, 1, axis=1),
        "row": np.roll(u, 1, axis=0),
        "half": np.roll(u.ravel(), n // 2).reshape(SHAPE),
    }
    for name, word in (("next step", (0, 1)), ("next seed", (1, 0))):
        near = np.array(seed, "uint64") + np.array(word, "uint64")
        others[name] = np.asarray(uniform(SHAPE, near.astype("uint32")))
    for name, other in others.items():
        r = np.corrcoef(u.ravel(), other.ravel())[0, 1]
        assert abs(r) < 5 / n**0.5, name


def test_masks_of_many_steps_are_independent():
    # element by element over 2000 successive steps, as one unit of a network sees them
    draw = tf.function(
        lambda step: uniform((64,), tf.stack([tf.constant(7), step])), jit_compile=True
    )
    u = np.stack([draw(tf.constant(step)) for step in range(2000)])
    assert np.abs(u.mean(axis=0) - 0.5).max() < 5 / (12 * 2000) ** 0.5
    r = np.corrcoef(u.T)[np.triu_indices(64, 1)]
    assert np.abs(r).max() < 5.5 / 2000**0.5
    after = [np.corrcoef(c[:-1], c[1:])[0, 1] for c in u.T]
    assert np.abs(after).max() < 5 / 2000**0.5


def test_seeds_do_not_permute_or_shift_one_sequence():
    one = set(bits((20_000,), (1, 0)).tolist())
    two = set(bits((20_000,), (1, 1)).tolist())
    # two random sets of n out of 2^32 share n²/2^32 = 0.09
    assert len(one & two) < 5
    assert len(one) > 20_000 - 5


@pytest.mark.parametrize(("dtype", "step"), [("float32", 2**-24), ("float64", 2**-32)])
def test_uniform_is_the_leading_bits(dtype, step):
    u = uniform((4, 5), np.array([1, 2], "uint32"), dtype)
    assert u.dtype == dtype
    expected = np.floor(bits((4, 5), (1, 2)) * 2.0**-32 / step) * step
    np.testing.assert_array_equal(u, expected)


@pytest.mark.parametrize("rate", [0.0, 0.15, 0.5, 0.999])
@pytest.mark.parametrize("seed", SEEDS)
def test_survivors_are_those_whose_number_reaches_the_rate(seed, rate):
    found = np.asarray(Noise(np.array(seed, "uint32")).survivors(SHAPE, rate))
    words = by_hand(np.prod(SHAPE), seed)
    # in float32, in which numbers of 32 bits are rounded
    least = np.floor(np.float32(rate) * np.float32(2.0**32))
    # the higher half is the same, the lower one decides in one of 65,536 cases
    sure = [abs((w >> 16) - int(least) // 2**16) > 1 for w in words]
    reached = (np.array(words, "float64") >= least).astype("float32")
    np.testing.assert_array_equal(found.ravel()[sure], reached[sure])
    assert np.mean(sure) > 0.999
    assert set(np.unique(found)) <= {0.0, 1.0}
    n = found.size
    assert abs(found.mean() - (1 - rate)) <= 5 * (rate * (1 - rate) / n) ** 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_survivors_of_neighbours_rows_and_seeds_are_independent(seed):
    mask = np.asarray(Noise(np.array(seed, "uint32")).survivors(SHAPE, 0.3))
    others = [np.roll(mask, 1, axis=0), np.roll(mask, 1, axis=1)]
    for word in ((0, 1), (1, 0)):
        near = (np.array(seed, "uint64") + np.array(word, "uint64")).astype("uint32")
        others.append(np.asarray(Noise(near).survivors(SHAPE, 0.3)))
    for other in others:
        correlation = np.corrcoef(mask.ravel(), other.ravel())[0, 1]
        assert abs(correlation) < 5 / mask.size**0.5
