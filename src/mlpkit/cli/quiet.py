"""Start TensorFlow without its greetings."""

import os
import sys
import warnings


def start_tensorflow() -> None:
    """Import TensorFlow and look for devices while its C++ log goes nowhere.

    Its first lines ignore TF_CPP_MIN_LOG_LEVEL, so the file descriptor is redirected.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # one process must not take all of a GPU: a search's workers share it
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import tensorflow as tf

            tf.config.list_logical_devices()
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
