import math

import numpy as np
import pytest

from mlpkit.errors import UsageError
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.parameter import Parameter, covering, label


def trials(*values):
    return [TrialRecord(str(i), i, "completed", v, 0) for i, v in enumerate(values)]


@pytest.mark.parametrize(
    ("parameter", "value", "position"),
    [
        (Parameter("a", "int", 1, 5), 2, 0.25),
        (Parameter("a", "float", -1.0, 1.0), 0.0, 0.5),
        (Parameter("a", "log", 1e-4, 1e-2), 1e-3, 0.5),
        (Parameter("a", "choice", choices=("x", None, (1, 2))), [1, 2], 1.0),
        (Parameter("a", "choice", choices=("x", None, (1, 2))), None, 0.5),
        (Parameter("a", "float", 3.0, 3.0), 3.0, 0.5),
    ],
)
def test_position(parameter, value, position):
    assert parameter.position(value) == pytest.approx(position)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("a", "real"), "kind must be one of int, float, log, choice, got 'real'"),
        (("a", "int", 5, 1), "low must be <= high, got 5 and 1"),
        (("a", "log", 0.0, 1.0), "low must be > 0 for kind 'log', got 0.0"),
    ],
)
def test_bad_ranges(given, message):
    with pytest.raises(UsageError, match=message):
        Parameter(*given)


def test_covering_guesses_what_is_not_declared():
    records = trials(
        {"depth": 2, "rate": 1e-4, "drop": 0.1, "bn": True, "tuner/epochs": 3},
        {"depth": np.int64(4), "rate": 1e-2, "drop": 0.3, "bn": False, "hidden": [8]},
        {"rate": 1e-3},
    )
    found = {p.name: p for p in covering([Parameter("depth", "int", 1, 3)], records)}
    assert found == {
        "depth": Parameter("depth", "int", 1, 4),
        "rate": Parameter("rate", "log", 1e-4, 1e-2),
        "drop": Parameter("drop", "float", 0.1, 0.3),
        "bn": Parameter("bn", "choice", choices=(True, False)),
        "hidden": Parameter("hidden", "choice", choices=([8],)),
    }
    assert next(iter(found)) == "depth"


def test_how_numbers_were_drawn_is_guessed():
    for seed in range(20):
        generator = np.random.default_rng(seed)
        even = generator.uniform(1e-4, 1, size=100)
        by_log = 10 ** generator.uniform(-4, 0, size=100)
        records = trials(*[{"a": a, "b": b} for a, b in zip(even, by_log, strict=True)])
        assert [p.kind for p in covering([], records)] == ["float", "log"]


def test_covering_widens_to_what_was_tried():
    (found,) = covering([Parameter("a", "int", 1, 3)], trials({"a": 2}, {"a": "auto"}))
    assert found == Parameter("a", "choice", choices=(2, "auto"))
    (found,) = covering([Parameter("a", "log", 0.1, 1.0)], trials({"a": 0.0}))
    assert found == Parameter("a", "float", 0.0, 1.0)
    (found,) = covering([Parameter("a", "float")], trials({"a": math.nan}))
    assert found.kind == "choice"


def test_labels_tell_types_apart():
    assert label(1) != label(True)
    assert label(np.float32(0.5)) == "0.5"
    assert label(np.array([1, 2]).tolist()) == "1 2"
