"""Random bits that cost little: a hash of a counter."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

_MULTIPLIERS = (0x7FEB352D, 0x846CA68B)  # lowbias32
_STEPS = (0x9E3779B9, 0x85EBCA6B)  # odd numbers that set the two words of a key apart


def uniform_bits(shape: tuple, seed: Any) -> Any:
    """Return 32 random bits for each element, as uint32: h(i; key(seed)).

    With i = 0, 1, … the element's place in C order, and k₀, k₁ two hashes of the seed::

        x = i ⊕ k₀          x ← (x ⊕ x>>16) · 7FEB352D
        x ← x ⊕ x>>15       x ← (x + k₁) · 846CA68B       x ⊕ x>>16

    A function of shape and seed alone: the same bits compiled or not, on any device.
    XLA makes one pass of it and of what uses the bits. For dropout and the like; it is
    no cryptographic generator.

    Args:
        shape: Of the result, < 2^31 elements; entries may be tensors.
        seed: Two whole numbers, e.g. ``SeedGenerator.next()``.

    >>> uniform_bits((2, 3), np.array([1, 0])).shape
    TensorShape([2, 3])

    References: "lowbias32", the integer hash of Wellons 2018, "Prospecting for Hash
        Functions". The second key between its two rounds is ours: with k₀ alone two
        seeds would permute one sequence.
    """
    seed = ops.cast(seed, "uint32")
    first = _hash(seed[0] + _hash(seed[1] + _word(_STEPS[0])))
    second = _hash(first + _word(_STEPS[1]))
    size = math.prod(shape)
    place = ops.cast(ops.arange(size, dtype="int32"), "uint32")
    bits = _hash(ops.bitwise_xor(place, first), between=second)
    return ops.reshape(bits, shape)


def uniform(shape: tuple, seed: Any, dtype: str = "float32") -> Any:
    """Return random numbers in [0, 1), multiples of 2^-24 (2^-32 in float64).

    Args:
        shape: Of the result; entries may be tensors.
        seed: Two whole numbers, e.g. ``SeedGenerator.next()``.
        dtype: "float32" or "float64".

    >>> bool((uniform((1000,), np.array([1, 0])) < 1).numpy().all())
    True
    """
    bits = uniform_bits(shape, seed)
    if keras.backend.standardize_dtype(dtype) == "float64":
        return ops.cast(bits, dtype) * 2.0**-32
    # CPUs convert int32 in one instruction, uint32 in several
    whole = ops.cast(ops.right_shift(bits, _word(8)), "int32")
    return ops.cast(whole, dtype) * 2.0**-24


def _hash(x: Any, *, between: Any = None) -> Any:
    x = ops.bitwise_xor(x, ops.right_shift(x, _word(16))) * _word(_MULTIPLIERS[0])
    x = ops.bitwise_xor(x, ops.right_shift(x, _word(15)))
    x = (x if between is None else x + between) * _word(_MULTIPLIERS[1])
    return ops.bitwise_xor(x, ops.right_shift(x, _word(16)))


def _word(value: int) -> Any:
    return ops.convert_to_tensor(np.uint32(value), dtype="uint32")
