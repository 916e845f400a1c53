"""Names of layers, counted anew for each network."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from keras.src.backend.common import global_state

_COUNTS = "object_name_uids"  # where Keras counts "dense", "dense_1", "dense_2", …


@contextmanager
def fresh_names() -> Iterator[None]:
    """A context in which layers without a name get the same names as in the one before.

    TensorFlow keeps about 30 KiB for every name of a variable that it ever met: a
    process that trains many networks would grow by all of theirs. Layers from outside
    keep names of their own; two networks made so may have equal ones.
    """
    before = global_state.get_global_attribute(_COUNTS)
    counts = defaultdict(int, before or {})
    global_state.set_global_attribute(_COUNTS, counts)
    try:
        yield
    finally:
        global_state.set_global_attribute(_COUNTS, before)
