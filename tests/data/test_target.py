import numpy as np
import pyarrow as pa
import pytest

from mlpkit.data import infer_target, read_table
from mlpkit.errors import DataError, UsageError

ROWS = 50


def target_of(values, task=None):
    return infer_target(read_table({"y": values}), ["y"], task)


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["no", "yes"] * ROWS, "binary", ("no", "yes")),
        ([True, False] * ROWS, "binary", (False, True)),
        ([0, 1] * ROWS, "binary", (0, 1)),
        ([0.0, 1.0, None] * ROWS, "binary", (0, 1)),
        ([3, 5, 9] * ROWS, "multiclass", (3, 5, 9)),
        (["a", "b", "c"] * ROWS, "multiclass", ("a", "b", "c")),
        ([0.5, 1.5] * ROWS, "regression", ()),
        (list(range(100)) * 2, "regression", ()),
        (["a|b", "b", None] * ROWS, "multilabel", ("a", "b")),
        ([["a"], ["b", "c"], []] * ROWS, "multilabel", ("a", "b", "c")),
    ],
)
def test_task_and_classes(values, task, classes):
    target = target_of(values)
    assert target.task == task
    assert target.classes == classes
    assert [type(c) for c in target.classes] == [type(c) for c in classes]


def test_several_columns():
    table = read_table(
        {"a": [0, 1, 1], "b": ["yes", "no", "yes"], "c": [0.5, 1.0, 2.0]}
    )
    labels = infer_target(table, ["a", "b"])
    assert (labels.task, labels.classes) == ("multilabel", ("a", "b"))
    assert labels.encode(table).tolist() == [[0, 1], [1, 0], [1, 1]]
    amounts = infer_target(table, ["a", "c"])
    assert amounts.task == "regression"
    assert amounts.encode(table).tolist() == [[0, 0.5], [1, 1], [1, 2]]


@pytest.mark.parametrize("values", [["a", "b", "c"], [True, False, True]])
def test_several_columns_of_classes_are_told_what_is_possible(values):
    table = read_table({"a": [0.5, 1.0, 2.0], "b": values, "c": ["x", "y", "x"]})
    said = r"must be numbers, .*or yes/no .*Train one job for each target of classes"
    with pytest.raises(UsageError, match=said):
        infer_target(table, ["a", "b"])
    with pytest.raises(UsageError, match=f"{said}.*joins their values"):
        infer_target(table, ["c", "a"])


def test_encode_gives_indices_into_classes():
    target = target_of(["b", "a", "c", "a"] * ROWS)
    rows = read_table({"y": ["c", "a"]})
    assert target.encode(rows).tolist() == [2, 0]
    with pytest.raises(
        DataError, match=r"must be one of \['a', 'b', 'c'\], got \['d'\]"
    ):
        target.encode(read_table({"y": ["a", "d"]}))


def test_labels_in_lists_and_texts_encode_alike():
    texts = read_table({"y": ["a|c", "b", "", "c | a"]})
    lists = pa.table({"y": [["a", "c"], ["b"], [], ["c", "a"]]})
    expected = [[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 0, 1]]
    for table in (texts, lists):
        target = infer_target(table, ["y"])
        assert target.encode(table).tolist() == expected
        assert target.present(table).all()
    with pytest.raises(DataError, match=r"among \['a', 'b', 'c'\], got \['z'\]"):
        infer_target(texts, ["y"]).encode(read_table({"y": ["a|z"]}))


def test_present_sees_nan_and_null():
    table = read_table({"y": np.array([1.5, np.nan, 2.5])})
    assert infer_target(table, ["y"]).present(table).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("values", "task", "error", "said"),
    [
        ([None] * 3, None, DataError, "every row is missing"),
        (
            [*map(str, range(40)), "?"],
            None,
            DataError,
            "classes must repeat.*'[?]'",
        ),
        (["2024-01-01T10:00:00"] * 3, None, DataError, "or a number, got dates"),
        (["a"] * 30, None, DataError, "two or more classes, got 'a'"),
        (["a", "b", "c"] * ROWS, "binary", UsageError, "has 3; use 'multiclass'"),
        (["a", "b"] * ROWS, "regression", UsageError, "regression takes numbers"),
        ([str(i) for i in range(ROWS)], None, DataError, "classes must repeat, got 50"),
        (
            [1.5, float("inf")],
            "regression",
            DataError,
            "must be finite, got inf in row 1",
        ),
        (["a", "b"] * ROWS, "multilabel", DataError, "must be yes/no"),
        ([["a"], ["b"]], "multiclass", UsageError, "lists need task = 'multilabel'"),
    ],
)
def test_bad_targets(values, task, error, said):
    with pytest.raises(error, match=said) as caught:
        target_of(values, task)
    assert "'y'" in str(caught.value) or "regression" in str(caught.value)


def test_unknown_column_suggests():
    with pytest.raises(UsageError, match="did you mean 'price'"):
        infer_target(read_table({"price": [1.0]}), ["prise"])


@pytest.mark.parametrize(
    ("values", "task"),
    [(["5%", "7%"], "binary"), (["5%", "7%", "9%"], "multiclass"),
     (["1,2", "2,3", "1"], "multiclass")],
)  # fmt: skip
def test_labels_that_look_like_numbers_say_what_to_set(values, task):
    with pytest.raises(
        DataError, match=f'if they are classes, set data.task = "{task}"'
    ):
        target_of(values * ROWS)
    assert target_of(values * ROWS, task).classes == tuple(sorted(values))


def test_lists_of_labels_say_their_separator():
    lists = ["1,2", "2,3", "1"]
    said = r"several labels .* are separated by '\|'"
    for task in (None, "multilabel"):
        with pytest.raises(DataError, match=said):
            target_of(lists * ROWS, task)
    found = target_of([text.replace(",", "|") for text in lists] * ROWS)
    assert found.task == "multilabel"
    assert found.classes == ("1", "2", "3")


def test_the_separator_is_not_told_of_columns_that_are_one_label_each():
    table = read_table({"a": [0, 1, 2], "b": [0, 1, 0]})
    with pytest.raises(DataError, match="'a': .* must be yes/no") as caught:
        infer_target(table, ["a", "b"], "multilabel")
    assert "separated" not in str(caught.value)
