import pytest

from mlpkit.config import Dimension


def read(value):
    return Dimension.model_validate(value)


def test_forms():
    assert read({"int": [1, 4], "step": 2}) == Dimension(
        kind="int", low=1, high=4, step=2
    )
    assert read({"log": [1e-4, 1]}) == Dimension(
        kind="float", low=1e-4, high=1.0, log=True
    )
    assert read(["a", "b"]).values == ("a", "b")
    assert read("bool").values == (False, True)
    assert read({"int": [8, 64], "sampling": "log"}).log
    assert read({"bool": True, "when": {"model.depth": 2}}).when == {"depth": (2,)}


@pytest.mark.parametrize(
    "value",
    [
        {"int": [1, 4], "step": 2},
        {"int": [8, 64], "sampling": "log"},
        {"float": [0.0, 0.5], "step": 0.1},
        {"log": [1e-4, 1e-2], "when": {"optimizer": ["adam"]}},
        {"choice": [[64], [32, 32]]},
        {"bool": True},
    ],
)
def test_written_as_it_is_read(value):
    assert read(read(value).model_dump()) == read(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3, "must be one of"),
        ({"integer": [1, 2]}, "must be one of"),
        ({"int": [1, 2], "log": [1, 2]}, r"got \['int', 'log'\]"),
        ({"int": [1, 2], "steps": 1}, r"got \['steps'\]"),
        ({"int": [1.5, 2]}, "whole numbers"),
        ({"float": [0.0]}, r"must be \[low, high\]"),
        ({"float": [1, 0]}, "low <= high"),
        ({"log": [0, 1]}, "0 < low"),
        ({"float": [0, 1], "sampling": "lin"}, "'linear' or 'log'"),
        ([], "at least one value"),
        ([1, 1], "each value once"),
    ],
)
def test_what_is_none(value, said):
    with pytest.raises(ValueError, match=said):
        read(value)


def test_takes():
    assert read([1, 2]).takes(2)
    assert not read([1, 2]).takes(True)
    assert read({"int": [1, 4]}).takes(4)
    assert not read({"int": [1, 4]}).takes(5)


def test_editors_are_told_of_the_written_forms():
    told = Dimension.model_json_schema()
    assert told["type"] == ["object", "array", "string"]
    assert "log = [1e-4, 1e-2]" in told["description"]
