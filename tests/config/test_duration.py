import pytest

from mlpkit.config import seconds_of, spoken


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("2h", 7200), ("1h 30m", 5400), ("0.5m", 30), (7, 7)],
)
def test_durations(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["soon", "10", "-3m", "10 minutes", 0, "", True, None])
def test_what_is_none(text):
    with pytest.raises(ValueError, match="must be a time such as '90s'"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-1, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (3599.6, "1 h 0 min"),
        (47 * 3600, "47 h 0 min"),
        (48 * 3600, "2 d 0 h"),
    ],
)
def test_spoken(seconds, shown):
    assert spoken(seconds) == shown
