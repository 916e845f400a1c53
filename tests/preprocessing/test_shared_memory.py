import gc

import numpy as np
import pytest
import tensorflow as tf

from mlpkit.preprocessing.shared_memory import aligned, as_array, as_tensor

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.int32, np.uint8])
def test_there_and_back_in_one_memory(dtype):
    array = aligned((5, 3), dtype)
    assert array.shape == (5, 3)
    assert array.dtype == dtype
    assert array.ctypes.data % 64 == 0
    array[:] = np.arange(15).reshape(5, 3)
    tensor = as_tensor(array)
    back = as_array(tensor)
    assert back.ctypes.data == array.ctypes.data
    assert not back.flags.writeable
    array[0] = 77
    assert (back[0] == 77).all()
    np.testing.assert_array_equal(tf.gather(tensor, [4, 1]), [[12, 13, 14], [3, 4, 5]])


def test_the_memory_lives_as_long_as_the_last_of_them():
    array = aligned((1000,), np.float32)
    array[:] = 3
    back = as_array(as_tensor(array))
    del array
    gc.collect()
    others = [np.full(1000, 5, np.float32) for _ in range(100)]
    assert (back == 3).all()
    assert len(others) == 100


def test_copies_what_tensorflow_cannot_take():
    whole = aligned((8, 4), np.float32)
    whole[:] = np.arange(32).reshape(8, 4)
    fixed = aligned((4,), np.float32)
    fixed[:] = 1
    fixed.flags.writeable = False
    for array in (whole.ravel()[1:], whole[:, :2], whole[:0], fixed):
        np.testing.assert_array_equal(as_tensor(array), array)
