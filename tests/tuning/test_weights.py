import keras
import numpy as np
import pytest

from mlpkit.errors import OutputError
from mlpkit.tuning.weights import has_weights, keep_only, load_weights, save_weights


def network():
    return keras.Sequential([keras.layers.Dense(2), keras.layers.BatchNormalization()])


def test_weights_come_back_in_a_model_that_is_not_built(tmp_path):
    model = network()
    model.build((None, 3))
    (tmp_path / "trial_0").mkdir()
    save_weights(tmp_path, "0", model)
    other = network()
    load_weights(tmp_path, "0", other)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_only_some_are_kept(tmp_path):
    model = network()
    model.build((None, 3))
    for trial in "012":
        (tmp_path / f"trial_{trial}").mkdir()
        save_weights(tmp_path, trial, model)
    keep_only(tmp_path, ["1"])
    assert [has_weights(tmp_path, t) for t in "012"] == [False, True, False]
    (tmp_path / "trial_9").write_text("")  # no folder
    with pytest.raises(OutputError, match="must be writable"):
        save_weights(tmp_path, "9", model)
