import numpy as np
import pytest

from mlpkit.components.schedules import CosLog4


@pytest.mark.parametrize(
    ("t", "value"),
    [
        (0.01, 0.35038),
        (0.1, 0.71835),
        (0.25, 0.49349),
        (0.3, 0.98384),
        (0.5, 0.07362),
        (0.75, 0.87566),
        (0.9, 0.18620),
    ],
)
def test_values_of_the_published_formula(t, value):
    curve = CosLog4(1.0, total_steps=100).curve(100)
    assert curve[round(100 * t)] == pytest.approx(value, abs=5e-6)


def test_all_valleys_are_zero_and_all_peaks_are_one():
    schedule = CosLog4(2.0, total_steps=15)
    assert schedule.curve(20)[[0, 1, 3, 7, 15, 16]].max() <= 1e-30
    peaks = (2.0 ** (np.arange(4) + 0.5) - 1) / 15
    np.testing.assert_allclose(schedule.rate(15 * peaks, np), 2.0, rtol=1e-12)


def test_equals_the_formula_as_it_is_written():
    t = np.arange(256) / 256
    expected = 0.5 * (1 - np.cos(2 * np.pi * np.log2(1 + 15 * t)))
    np.testing.assert_allclose(
        CosLog4(1.0, total_steps=256).curve(256), expected, atol=1e-14
    )
