"""Random numbers that cost little: a hash of a counter."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

_MULTIPLIERS = (0x7FEB352D, 0x846CA68B)  # lowbias32
_STEPS = (0x9E3779B9, 0x85EBCA6B)  # odd numbers that set two words apart
_SHARE = 0xC2B2AE35  # odd: of the second word in the key


class Noise:
    """The random numbers of one seed, drawn one after another: h(i; key(seed)).

    With i = 0, 1, … the numbers drawn so far, g lowbias32 and (s₀, s₁) the seed::

        k₀ = g(s₀ + 9E3779B9) + g(s₁ + 85EBCA6B) · C2B2AE35
        k₁ = k₀ · 85EBCA6B
        x = i ⊕ k₀          x ← (x ⊕ x>>16) · 7FEB352D
        x ← x ⊕ x>>15       x ← (x + k₁) · 846CA68B       x ⊕ x>>16

    A function of place and seed alone: the same bits compiled or not, on any device.
    XLA makes one pass of it and of what uses the bits. For dropout and the like; it is
    no cryptographic generator.

    Args:
        seed: Two whole numbers, e.g. ``SeedGenerator.next()``.

    >>> noise = Noise(np.array([1, 0]))
    >>> noise.bits((2, 3)).shape, noise.survivors((3,), 0.5).numpy().tolist()
    (TensorShape([2, 3]), [1.0, 1.0, 0.0])

    References: "lowbias32", the integer hash of Wellons 2018, "Prospecting for Hash
        Functions". The second key between its two rounds is ours: with k₀ alone two
        seeds would permute one sequence.
    """

    def __init__(self, seed: Any) -> None:
        words = ops.unstack(_hash(ops.cast(seed, "uint32") + _word(_STEPS)), 2)
        # a GPU adds such words, but sums none
        self._key = words[0] + words[1] * _word(_SHARE)
        self._drawn: Any = None

    def bits(self, shape: tuple) -> Any:
        """Return 32 random bits for each element, as uint32, in C order.

        Args:
            shape: Of the result, < 2^31 elements; entries may be tensors.
        """
        return ops.reshape(_folded(self._products(shape), 16), shape)

    def survivors(self, shape: tuple, rate: Any) -> Any:
        """Return 1 with probability 1 - rate, else 0, for each element, as float32.

        It is 1 where a number below 2^32 reaches rate · 2^32. The numbers are the bits
        before their last line, which leaves the higher half as it is. What is above the
        bound is clipped, not compared and selected: on CPUs arithmetic goes through
        many elements at once, also where nothing is compiled.

        Args:
            shape: Of the result; entries may be tensors.
            rate: Scalar tensor in [0, 1).
        """
        least = ops.floor(ops.cast(rate, "float32") * 2.0**32)
        above = ops.cast(self._products(shape), "float32") - (least - 1.0)
        return ops.reshape(ops.clip(above, 0.0, 1.0), shape)

    def _products(self, shape: tuple) -> Any:
        """The hashes of the next places but for their last line, in one row."""
        count, first, key = math.prod(shape), self._drawn, self._key
        places = ops.cast(ops.arange(count, dtype="int32"), "uint32")
        if first is not None:
            places = places + ops.cast(first, "uint32")
        self._drawn = count if first is None else first + count
        x = _folded(ops.bitwise_xor(places, key), 16) * _word(_MULTIPLIERS[0])
        return (_folded(x, 15) + key * _word(_STEPS[1])) * _word(_MULTIPLIERS[1])


def uniform(shape: tuple, seed: Any, dtype: str = "float32") -> Any:
    """Return random numbers in [0, 1), multiples of 2^-24 (2^-32 in float64).

    Args:
        shape: Of the result; entries may be tensors.
        seed: Two whole numbers, e.g. ``SeedGenerator.next()``.
        dtype: "float32" or "float64".

    >>> bool((uniform((1000,), np.array([1, 0])) < 1).numpy().all())
    True
    """
    bits = Noise(seed).bits(shape)
    if keras.backend.standardize_dtype(dtype) == "float64":
        return ops.cast(bits, dtype) * 2.0**-32
    # CPUs convert int32 in one instruction, uint32 in several
    whole = ops.cast(ops.right_shift(bits, _word(8)), "int32")
    return ops.cast(whole, dtype) * 2.0**-24


def _hash(x: Any) -> Any:
    x = _folded(x, 16) * _word(_MULTIPLIERS[0])
    x = _folded(x, 15) * _word(_MULTIPLIERS[1])
    return _folded(x, 16)


def _folded(x: Any, by: int) -> Any:
    return ops.bitwise_xor(x, ops.right_shift(x, _word(by)))


def _word(value: int | tuple[int, ...]) -> Any:
    return ops.convert_to_tensor(np.array(value, np.uint32), dtype="uint32")
