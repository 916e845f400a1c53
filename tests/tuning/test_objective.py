import keras_tuner
import pytest

from mlpkit.errors import UsageError
from mlpkit.tuning.objective import check_logged, names_of, objective_of


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("val_loss", "min"),
        ("val_accuracy", "max"),
        ("val_auc", "max"),
        ("log_loss", "min"),
        ("val_macro_f1", "max"),
        ("val_mean_absolute_error", "min"),
        ("val_sparse_categorical_accuracy", "max"),
    ],
)
def test_direction_by_name(name, direction):
    assert objective_of(name).direction == direction


def test_direction_given():
    assert objective_of(("val_gain", "max")) == keras_tuner.Objective("val_gain", "max")
    several = objective_of(["val_loss", ("val_gain", "max")])
    assert [o.direction for o in several] == ["min", "max"]
    whole = keras_tuner.Oracle(objective=several).objective
    assert names_of(whole) == ["val_loss", "val_gain"]
    with pytest.raises(UsageError, match="'val_gain' is better must be given"):
        objective_of("val_gain")


def test_must_be_logged():
    check_logged(["val_loss"], {"loss", "val_loss"})
    with pytest.raises(UsageError, match=r"got 'val_los'; did you mean 'val_loss'"):
        check_logged(["val_los"], ["val_loss", "loss"])
