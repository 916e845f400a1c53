"""Compare an export, in a process that has TensorFlow only, with the run it is of."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import numpy as np
import tensorflow as tf

from mlpkit.errors import OutputError
from mlpkit.exporting.servable import Servable
from mlpkit.preprocessing import raw_columns

# Float32 answers of equal batches differ by rounding only: TensorFlow rewrites graphs.
# A GPU adds up in another order than the CPU of the fresh process.
_RELATIVE, _ABSOLUTE = 1e-5, 1e-6
_OF_A_GPU = 100
_lock = Lock()
_PROCESS = Path(__file__).with_name("fresh_process.py")


def verify_export(source: Servable, path: Path) -> None:
    """Raise an `OutputError` unless the SavedModel answers as its source.

    Args:
        source: Its example rows are asked.
        path: The SavedModel.
    """
    table = source.examples()
    with _whole_float32():
        expected = source.answers(table)
    raw = raw_columns(table, source.answers.encoder.statistics)
    with tempfile.TemporaryDirectory() as folder:
        names = source.answers.encoder.serving_names.values()
        asked, answered = Path(folder) / "asked.npz", Path(folder) / "answered.npz"
        columns = {f"column_{i}": _plain(v) for i, v in enumerate(raw.values())}
        np.savez(asked, allow_pickle=False, **columns)
        places = [str(p) for p in (_PROCESS, path, asked, answered)]
        command = [sys.executable, "-I", *places, *names]
        # this process may hold all of a GPU's memory
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
        )
        if done.returncode:
            msg = f"{path}: the export does not run by itself: {done.stderr[-2000:]}"
            raise OutputError(msg)
        with np.load(answered) as found:
            for name, values in expected.items():
                _compare(path, name, _plain(values), found[name])


def _plain(values: np.ndarray) -> np.ndarray:
    """Texts as UTF-8 bytes: arrays of objects would need pickle."""
    if values.dtype != object:
        return values
    return np.array([v if isinstance(v, bytes) else v.encode() for v in values], "S")


@contextmanager
def _whole_float32() -> Iterator[None]:
    """A context without TensorFloat-32, whose products have three digits on a GPU."""
    if not tf.config.list_logical_devices("GPU"):
        yield
        return
    with _lock:
        before = tf.config.experimental.tensor_float_32_execution_enabled()
        tf.config.experimental.enable_tensor_float_32_execution(False)  # noqa: FBT003
        try:
            yield
        finally:
            tf.config.experimental.enable_tensor_float_32_execution(before)


def _compare(path: Path, name: str, run: np.ndarray, found: np.ndarray) -> None:
    if run.dtype.kind == "f":
        times = _OF_A_GPU if tf.config.list_logical_devices("GPU") else 1
        same = np.allclose(run, found, rtol=_RELATIVE * times, atol=_ABSOLUTE * times)
    else:
        same = np.array_equal(run, found)
    if not same:
        row = int(np.flatnonzero((run != found).reshape(len(run), -1).any(axis=1))[0])
        msg = f"{path}: '{name}' must be as in the run, row {row} has {found[row]}"
        raise OutputError(f"{msg} instead of {run[row]}")
