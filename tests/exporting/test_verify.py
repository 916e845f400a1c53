"""What an export is compared by, and where."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from mlpkit.errors import OutputError
from mlpkit.exporting import verify

PATH = "saved_model"


def float32_is_whole():
    return not tf.config.experimental.tensor_float_32_execution_enabled()


@pytest.mark.parametrize("gpu", [True, False])
def test_products_have_all_digits_beside_a_gpu(monkeypatch, gpu):
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda *_: ["GPU:0"] * gpu)
    before = float32_is_whole()
    with verify._whole_float32():
        assert float32_is_whole() is (gpu or before)
    assert float32_is_whole() is before
    with pytest.raises(KeyError), verify._whole_float32():
        raise KeyError
    assert float32_is_whole() is before


@pytest.mark.parametrize(
    ("gpu", "off", "same"),
    [(False, 1e-4, False), (True, 1e-4, True), (True, 1e-2, False)],
)
def test_a_gpu_may_round_otherwise(monkeypatch, gpu, off, same):
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda *_: ["GPU:0"] * gpu)
    run = np.array([0.5, 0.25], "float32")
    if same:
        verify._compare(PATH, "scores", run, run + np.float32(off))
        return
    with pytest.raises(OutputError, match="'scores' must be as in the run, row 0"):
        verify._compare(PATH, "scores", run, run + np.float32(off))


def test_the_fresh_process_leaves_a_gpu_alone(monkeypatch, tmp_path):
    seen = {}

    def run(command, **options):
        seen.update(options, command=command)
        return SimpleNamespace(returncode=1, stderr="no TensorFlow here")

    encoder = SimpleNamespace(serving_names={"x": "x"}, statistics=None)
    source = SimpleNamespace(examples=lambda: None, answers=_Answers(encoder))
    monkeypatch.setattr(verify, "raw_columns", lambda *_: {"x": np.ones(2)})
    monkeypatch.setattr(verify.subprocess, "run", run)
    with pytest.raises(OutputError, match="does not run by itself: no TensorFlow here"):
        verify.verify_export(source, tmp_path)
    assert seen["env"]["CUDA_VISIBLE_DEVICES"] == "-1"
    assert "-I" in seen["command"]  # nothing of this process' path


class _Answers:
    def __init__(self, encoder):
        self.encoder = encoder

    def __call__(self, table):
        return {"scores": np.ones(2)}
