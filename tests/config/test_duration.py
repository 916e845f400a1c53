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


def test_spoken():
    assert [spoken(s) for s in (4.4, 75, 7290)] == ["4s", "1m 15s", "2h 1m"]
