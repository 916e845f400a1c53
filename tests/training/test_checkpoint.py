"""A state comes back as it was, or the file is refused."""

import keras
import numpy as np
import pytest

from mlpkit.errors import OutputError, UsageError
from mlpkit.training import checkpoint
from mlpkit.training.checkpoint import (
    callback_states,
    changed,
    epochs_done,
    load_checkpoint,
    restore_callbacks,
    save_checkpoint,
)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off"])
def test_refuses_a_file_that_was_cut_off(tmp_path, content):
    file = tmp_path / "state"
    file.write_bytes(content)
    assert epochs_done(file) is None
    with pytest.raises(UsageError, match="must be a checkpoint of mlpkit"):
        load_checkpoint(file, "")


def test_says_when_it_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="must be writable"):
        save_checkpoint(tmp_path / "file" / "state", {"identity": ""})


def test_values_come_back_as_they_were(tmp_path):
    state = {
        "identity": "me",
        "numbers": [1, 2.5, None, True, float("inf")],
        "tuple": (1, "two"),
        "array": np.arange(6, dtype="int64").reshape(2, 3),
        "scalar": np.float32(0.1),
        "narrow": keras.ops.convert_to_numpy(keras.ops.ones(3, "bfloat16")),
    }
    save_checkpoint(tmp_path / "state", state)
    found = load_checkpoint(tmp_path / "state", "me")
    assert found["numbers"] == state["numbers"]
    assert found["tuple"] == (1, "two")
    for name in ("array", "narrow"):
        np.testing.assert_array_equal(found[name], state[name])
        assert found[name].dtype == state[name].dtype
    assert found["scalar"] == np.float32(0.1)
    assert load_checkpoint(tmp_path / "none", "me") is None


def test_only_what_callbacks_have_counted_is_kept():
    def stopping(patience):
        return keras.callbacks.EarlyStopping("loss", patience=patience)

    first = stopping(3)
    before = callback_states([first])
    first.wait = 2
    kept = changed(callback_states([first]), before)
    assert kept == [{"wait": 2}]
    second = stopping(5)  # told otherwise: that stays
    restore_callbacks([second], kept)
    assert (second.wait, second.patience) == (2, 5)
    with pytest.raises(UsageError, match="that it had, they were 1, got 0"):
        restore_callbacks([], kept)


def test_refuses_a_file_of_another_version(tmp_path, monkeypatch):
    path = tmp_path / "state"
    monkeypatch.setattr(checkpoint, "_FORMAT", checkpoint._FORMAT - 1)
    save_checkpoint(path, {"identity": "me", "epoch": 3})
    assert epochs_done(path) == 3
    monkeypatch.undo()
    assert epochs_done(path) is None
    with pytest.raises(
        UsageError, match=r"state: must be a checkpoint of this version"
    ):
        load_checkpoint(path, "me")
