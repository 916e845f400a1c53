"""Arrays and tensors in one memory: TensorFlow's own conversions copy, some twice."""

from typing import Any

import numpy as np
import tensorflow as tf

_ALIGNMENT = 64  # bytes, of TensorFlow's kernels


def aligned(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Return an array without values that `as_tensor` need not copy.

    >>> aligned((3, 2), np.float32).ctypes.data % 64
    0
    """
    dtype = np.dtype(dtype)
    size = int(np.prod(shape)) * dtype.itemsize
    memory = np.empty(size + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)


def as_tensor(array: np.ndarray) -> tf.Tensor:
    """Return a tensor of an array of numbers, in its memory where that is aligned.

    The array must not change as long as the tensor is used.
    """
    whole = array.size and array.flags.c_contiguous and array.flags.writeable
    if not whole or array.ctypes.data % _ALIGNMENT:
        return tf.convert_to_tensor(array)
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())


def as_array(tensor: tf.Tensor) -> np.ndarray:
    """Return a tensor of numbers as an array that is only read, in its memory.

    >>> as_array(tf.constant([1.0, 2.0])).tolist()
    [1.0, 2.0]
    """
    # NumPy has no bfloat16 of its own, which a buffer could name
    known = np.dtype(tensor.dtype.as_numpy_dtype).kind in "fiub"
    shared = known and "CPU" in tensor.device
    return np.asarray(memoryview(tensor)) if shared else tensor.numpy()
