"""Tables that break learners, under the default recipe: an answer or a clear error."""

import warnings

import numpy as np
import pandas as pd
import pytest

import mlpkit
from mlpkit.errors import DataError

pytestmark = pytest.mark.slow

QUICK = {"hidden_layer_sizes": 8, "max_iter": 2}


@pytest.fixture(scope="module")
def frame():
    generator = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "a": generator.normal(size=40),
            "b": generator.normal(size=40),
            "c": ["x", "y", None, "z"] * 10,
        }
    )


CLASSES = np.array([0, 1] * 20)


def finite(estimator, x):
    answers = estimator.predict(x)
    scores = getattr(estimator, "predict_proba", estimator.predict)(x)
    return len(answers) == len(x) and np.isfinite(scores).all()


def both(x, y, **params):
    classifier = mlpkit.MLPClassifier(**QUICK, **params).fit(x, y)
    return classifier, mlpkit.MLPRegressor(**QUICK, **params).fit(x, y)


def test_constant_target(frame):
    with pytest.raises(DataError, match="two or more classes, got one class: 0"):
        mlpkit.MLPClassifier(**QUICK).fit(frame, np.zeros(40, int))
    found = mlpkit.MLPRegressor(hidden_layer_sizes=8, max_iter=200, dropout=0.0)
    found.fit(frame, np.full(40, -3.0))
    np.testing.assert_allclose(found.predict(frame), -3.0, atol=0.2)


def test_one_row_per_class():
    x = np.arange(6.0)[:, None]
    assert finite(mlpkit.MLPClassifier(**QUICK).fit(x, list("abcdef")), x)


def test_rows_that_are_all_the_same():
    x = np.ones((2, 3)) * [1.0, 2.0, 3.0]
    for model in both(x, [0, 1]):
        assert finite(model, [[7.0, 2.0, np.nan]])


def test_more_columns_than_rows():
    x = np.random.default_rng(0).normal(size=(8, 400))
    for model in both(x, [0, 1] * 4):
        assert finite(model, x)


@pytest.mark.parametrize("lost", [np.nan, None])
def test_columns_without_any_value(frame, lost):
    x = frame.assign(b=lost)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it tells what is left out
        for model in both(x, CLASSES):
            assert finite(model, x)
            # what was never seen in training changes nothing
            assert np.array_equal(model.predict(x), model.predict(frame))
    with pytest.raises(DataError, match="must have a column to learn from"):
        mlpkit.MLPClassifier(**QUICK).fit(x[["b"]], CLASSES)


def test_what_prediction_sees_first(frame):
    x = frame.assign(a=np.nan, b=1e30, c="never seen")
    for model in both(frame, CLASSES):
        assert finite(model, x)


@pytest.mark.parametrize("shift", [0, 2**53, 2**61, 2**63 - 41])
def test_whole_numbers_near_the_end_of_their_type(shift):
    x = (shift + np.arange(40, dtype=np.int64))[:, None] * np.array([1, -1])
    for model in both(x, CLASSES):
        assert finite(model, x)
    if shift <= 2**53:  # no digit is lost: the first and the last row are not alike
        found = model.predict(x[[0, -1]])
        assert found[0] != found[1]


def test_whole_numbers_that_would_overflow_in_prediction():
    x = (2**40 + np.arange(40, dtype=np.int64))[:, None]
    model = mlpkit.MLPClassifier(**QUICK).fit(x, CLASSES)
    assert finite(model, x)
    with pytest.raises(DataError, match=r"must hold whole numbers within ±2\*\*62"):
        model.predict(np.full((1, 1), -(2**63) + 1))


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e39])
def test_infinite_values(frame, value):
    bad = frame.assign(a=[value, *frame["a"][1:]])
    with pytest.raises(
        ValueError, match=r"column 'a' must be finite or missing.*row 0"
    ):
        mlpkit.MLPClassifier(**QUICK).fit(bad, CLASSES)
    model = mlpkit.MLPClassifier(**QUICK).fit(frame, CLASSES)
    with pytest.raises(ValueError, match="column 'a' must be finite or missing"):
        model.predict(bad)


def test_weights_of_zero(frame):
    with pytest.raises(DataError, match="all weights are zero"):
        mlpkit.MLPClassifier(**QUICK).fit(frame, CLASSES, sample_weight=np.zeros(40))
    weight = np.where(np.arange(40) < 20, 1.0, 0.0)
    for cls in (mlpkit.MLPClassifier, mlpkit.MLPRegressor):
        some = cls(**QUICK).fit(frame, CLASSES, sample_weight=weight)
        less = cls(**QUICK).fit(frame[:20], CLASSES[:20])
        assert np.array_equal(some.predict(frame), less.predict(frame))
    one_class = mlpkit.MLPClassifier(**QUICK)
    one_class.fit(frame, CLASSES, sample_weight=(CLASSES == 1) * 1.5)
    assert finite(one_class, frame)
    assert one_class.predict_proba(frame).shape == (40, 2)


def test_the_same_rows_in_training_and_validation(frame):
    x = pd.concat([frame] * 3)
    y = np.tile(CLASSES, 3)
    for model in both(x, y, early_stopping=True):
        assert finite(model, x)
        assert len(model.validation_scores_) == 2
