import keras
import keras_tuner
import pytest

from mlpkit.errors import UsageError
from mlpkit.tuning.outcome import Outcome, mean_outcome, outcome_of

LOSS = keras_tuner.Objective("val_loss", "min")
BOTH = keras_tuner.Oracle(objective=["val_loss", "val_accuracy"]).objective


def history(**values):
    found = keras.callbacks.History()
    found.history = values
    found.epoch = list(range(len(next(iter(values.values()), []))))
    return found


def test_best_epoch_of_a_history():
    found = outcome_of(history(loss=[3.0, 2.0, 1.0], val_loss=[3.0, 1.0, 2.0]), LOSS)
    assert (found.score, found.best_epoch) == (1.0, 1)
    assert found.metrics == {"loss": 2.0, "val_loss": 1.0}


def test_weights_of_fit_decide():
    given = history(val_loss=[3.0, 1.0, 1.0])
    given.best_epoch = 2  # the last of equal ones, whose weights were kept
    assert outcome_of(given, LOSS).best_epoch == 2


def test_several_objectives_are_a_signed_sum():
    given = history(val_loss=[1.0, 2.0], val_accuracy=[0.25, 0.75])
    found = outcome_of(given, BOTH)
    assert (found.score, found.best_epoch) == (0.75, 0)


def test_not_a_number_has_no_score():
    nan = float("nan")
    assert outcome_of(history(val_loss=[nan, nan]), LOSS).score is None
    assert outcome_of(nan, LOSS).score is None


def test_dict_and_number():
    assert outcome_of({"val_loss": 2, "x": 1}, LOSS).score == 2.0
    assert outcome_of(0.5, LOSS).metrics == {"val_loss": 0.5}


def test_mean_of_several():
    a = Outcome(1.0, {"val_loss": 1.0}, 1, {"val_loss": [2.0, 1.0]}, model="a")
    b = Outcome(0.5, {"val_loss": 0.5}, 2, {"val_loss": [4.0, 3.0, 0.5]}, model="b")
    found = mean_outcome([a, b], LOSS)
    assert (found.score, found.best_epoch, found.model) == (0.75, 1, "b")
    assert found.metrics == {"val_loss": 0.75}
    assert found.curves == {"val_loss": [3.0, 2.0]}
    assert mean_outcome([a, Outcome(None)], LOSS).score is None


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (None, "got NoneType"),
        ({"val_los": 1.0}, "did you mean 'val_los'"),
        (history(loss=[1.0]), "got 'val_loss'"),
    ],
)
def test_what_is_none(result, said):
    with pytest.raises(UsageError, match=said):
        outcome_of(result, LOSS)
