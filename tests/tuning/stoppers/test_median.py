import pytest

from mlpkit.tuning.stoppers import Median

ENDED = [({0: a, 1: b}, True) for a, b in [(4.0, 2.0), (2.0, 0.0), (9.0, 7.0)]]


def test_worse_than_the_median_of_the_means_ends():
    rule = Median(first=1, least=3)  # means 3, 1, 8: their median is 3
    assert rule.stops(1, {0: 5.0, 1: 3.1}, ENDED)
    assert not rule.stops(1, {0: 5.0, 1: 3.0}, ENDED)
    assert not rule.stops(1, {0: 2.9, 1: 9.0}, ENDED)  # its best value counts


def test_running_trials_do_not_count():
    rule = Median(first=1, least=3)
    assert not rule.stops(1, {0: 9.0, 1: 9.0}, [(c, False) for c, _ in ENDED])


def test_first_epochs_are_left_to_all():
    rule = Median(first=3)
    assert [rule.looks_at(epoch) for epoch in range(4)] == [False, False, True, True]
    with pytest.raises(ValueError, match="first >= 1"):
        Median(first=0)
