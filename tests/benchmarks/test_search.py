"""Figures of the benchmark of searches."""

import pytest


def turn(trials, seconds, best):
    return {
        "trials": trials,
        "seconds": seconds,
        "best": best,
        "resident_mib": 500.0,
    }


def test_speed_is_over_all_turns_and_beside_ours():
    from search import speed_rows

    ours, theirs = speed_rows(
        {
            "mlpkit": [turn(10, 20.0, 0.3), turn(20, 10.0, 0.2)],
            "keras_tuner": [turn(10, 100.0, 0.3), turn(20, 200.0, 0.25)],
        }
    )
    assert (ours["trials_per_minute"], ours["times_slower"]) == (60.0, 1.0)
    assert (theirs["trials_per_minute"], theirs["times_slower"]) == (6.0, 10.0)
    assert theirs["best"] == 0.25


def test_memory_is_flat_from_the_first_fifth_on():
    from search import flatness

    assert flatness([100.0, 500, 500, 500, 500]) == 0
    assert flatness([0.0, 110, 90, 100, 100]) == pytest.approx(0.1)
