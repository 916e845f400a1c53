import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import DataConversionWarning

from mlpkit.errors import DataError, UsageError
from mlpkit.estimators.targets import (
    class_weight_of_rows,
    label_target,
    labels,
    numbers,
    row_weight,
)


def test_numbers_and_their_names():
    values, names, single = numbers(pd.Series([1, 2], name="price"), 2)
    assert (values.tolist(), names, single) == ([[1.0], [2.0]], ("price",), True)
    values, names, single = numbers([[1, 2], [3, 4]], 2)
    assert (values.shape, names, single) == ((2, 2), ("y0", "y1"), False)
    with pytest.warns(DataConversionWarning, match="column-vector y was passed"):
        values, names, single = numbers(pd.DataFrame({"price": [1, 2]}), 2)
    assert (values.tolist(), names, single) == ([[1.0], [2.0]], ("price",), True)


def test_dates_are_no_numbers():
    with pytest.raises(DataError, match="got datetime64.*a number of days"):
        numbers(pd.Series(pd.date_range("2024-01-01", periods=2)), 2)


def test_labels_and_their_names():
    values, names, several = labels(pd.Series(["a", "b"], dtype="category"), 2)
    assert (values.tolist(), names, several) == (["a", "b"], ("y",), False)
    frame = pd.DataFrame({"round": [0, 1], "red": [1, 1]})
    assert labels(frame, 2)[1:] == (("round", "red"), True)
    with pytest.raises(DataError, match="every row must have a label"):
        labels(pd.Series(["a", pd.NA]), 2)


def test_weights_of_rows():
    assert row_weight(None, 3) is None
    assert row_weight(2, 3).tolist() == [2, 2, 2]
    for weight, match in (
        ([1, 2], r"must have shape \(3,\)"),
        ([[1], [2], [3]], r"must have shape \(3,\)"),
        ([1, -1, 0], "got -1.0 in row 1"),
        ([1, np.nan, 0], "got nan in row 1"),
        ([0, 0, 0], "all weights are zero"),
    ):
        with pytest.raises(DataError, match=match):
            row_weight(weight, 3)


def test_weights_of_classes():
    classes, index = np.array(["a", "b"]), np.array([0, 0, 0, 1])
    found = class_weight_of_rows("balanced", classes, index, None)
    np.testing.assert_allclose(found, [2 / 3, 2 / 3, 2 / 3, 2])
    weight = np.array([1, 1, 1, 3])
    assert set(class_weight_of_rows("balanced", classes, index, weight)) == {1.0}
    assert class_weight_of_rows({"b": 5}, classes, index, None).tolist() == [1, 1, 1, 5]
    for wrong, match in (
        ({"c": 1}, "y has no class 'c'"),
        ({"a": 0}, "of 'a' must be > 0"),
        ("even", "must be 'balanced', a dict or None"),
    ):
        with pytest.raises(UsageError, match=match):
            class_weight_of_rows(wrong, classes, index, None)


def test_labels_stay_the_same():
    known = label_target(("a", "b"), None, None)
    assert known.task == "multilabel"
    with pytest.raises(DataError, match="must have the labels a, b, got a, c"):
        label_target(("a", "c"), None, known)
    with pytest.raises(UsageError, match="class_weight takes a y of classes"):
        label_target(("a", "b"), "balanced", None)


def test_texts_that_are_no_numbers_are_named():
    assert numbers(["1.5", "2"], 2)[0].ravel().tolist() == [1.5, 2]
    with pytest.raises(DataError, match="y must be numbers, got the text 'many'"):
        numbers(["1.5", "many"], 2)
    with pytest.raises(DataError, match="got numbers with separators.*'1,200'"):
        numbers(["1,200"] * 9 + ["7"], 10)


def test_classes_that_do_not_repeat_are_refused():
    prices = [f"{1000 + i:,}" for i in range(30)]
    with pytest.raises(DataError, match=r"repeat, got 30 .* in 30 rows: numbers with"):
        labels(prices, 30)
    assert labels(prices[:10], 10)[2] is False  # few rows tell nothing
    assert labels(prices[:10] * 3, 30)[2] is False
