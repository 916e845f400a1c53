import math

import numpy as np
import pytest

from mlpkit.errors import UsageError
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.objective import Objective, front, ranked, reached

LOSS, ACCURACY = Objective("loss"), Objective("accuracy", "max")


def trial(number, status="completed", score=None, **metrics):
    return TrialRecord(str(number), number, status, {}, 0, score, metrics)


def test_direction_is_checked():
    with pytest.raises(UsageError, match="must be 'min' or 'max', got 'up'"):
        Objective("loss", "up")


def test_reached():
    assert reached(trial(1, score=0.5, loss=0.7), [LOSS]) == [0.7]
    assert reached(trial(1, score=0.5), [LOSS]) == [0.5]
    assert reached(trial(1), [LOSS]) == [None]
    both = trial(1, score=9.0, loss=0.7, accuracy=0.8)
    assert reached(both, [LOSS, ACCURACY]) == [0.7, 0.8]
    assert reached(trial(1, score=math.nan), [LOSS]) == [None]
    for status in ("failed", "invalid", "running"):
        assert reached(trial(1, status, score=0.5), [LOSS]) == [None]
    assert reached(trial(1, "stopped", score=0.5), [LOSS]) == [0.5]


def test_values_are_plain_numbers():
    (found,) = reached(trial(1, loss=np.float32(0.5)), [LOSS])
    assert type(found) is float


def test_ranked_best_first_and_unscored_last():
    records = [
        trial(1, score=0.5),
        trial(2, "failed"),
        trial(3, score=0.2),
        trial(4, score=0.5),
        trial(5, score=math.inf),
    ]
    assert [r.number for r in ranked(records, [LOSS])] == [3, 1, 4, 2, 5]
    assert [r.number for r in ranked(records, [ACCURACY])] == [1, 4, 3, 2, 5]


def test_several_objectives_rank_the_front_first():
    records = [
        trial(1, loss=0.1, accuracy=0.5),
        trial(2, loss=0.15, accuracy=0.4),
        trial(3, loss=0.3, accuracy=0.9),
        trial(4, loss=0.05),
    ]
    assert [r.number for r in front(records, [LOSS, ACCURACY])] == [1, 3]
    assert [r.number for r in ranked(records, [LOSS, ACCURACY])] == [1, 3, 2, 4]


def test_an_objective_is_needed():
    with pytest.raises(UsageError, match="must have an objective, got none"):
        ranked([], [])
    assert ranked([], [LOSS]) == []
