import keras
import keras_tuner
import pytest
import tensorflow as tf

from mlpkit.errors import DataError, OutputError, UsageError
from mlpkit.tuning.failures import ends_the_search, one_line
from mlpkit.tuning.space import configured


def caught(call):
    with pytest.raises(Exception) as found:  # noqa: PT011 - of any kind
        call()
    return found.value


@pytest.mark.parametrize("error", [UsageError("no"), DataError("no")])
def test_wrong_use_ends_it_until_a_trial_has_finished(error):
    assert ends_the_search(error, finished=0)
    assert not ends_the_search(error, finished=1)


def test_what_is_of_one_trial():
    out = tf.errors.ResourceExhaustedError(None, None, "out of memory")
    assert not ends_the_search(out, finished=0)
    assert not ends_the_search(keras_tuner.errors.FailedTrialError("no"), finished=0)
    theirs = caught(lambda: {}["no"])  # raised here, in nobody's package
    assert not ends_the_search(theirs, finished=0)
    theirs = caught(lambda: keras.layers.Dense(1)("text"))
    assert not ends_the_search(theirs, finished=0)


def test_own_mistakes_and_a_full_disk_end_it():
    ours = caught(lambda: configured(None, {"dropout": 0.1}))
    assert isinstance(ours, AttributeError)
    assert ends_the_search(ours, finished=9)
    assert ends_the_search(OutputError("full"), finished=9)
    assert ends_the_search(keras_tuner.errors.FatalError("no"), finished=9)


def test_one_line():
    assert one_line(RuntimeError("a\nb")) == "RuntimeError: a"
    assert one_line(RuntimeError()) == "RuntimeError"
