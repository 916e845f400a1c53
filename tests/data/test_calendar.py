import datetime

import pyarrow as pa
import pytest
import tensorflow as tf

from mlpkit.data import calendar
from mlpkit.data.calendar import check_dates
from mlpkit.errors import DataError
from mlpkit.preprocessing.dates import date_parts

GOOD = [
    "2024-02-29",
    "2000-02-29T00:00",
    "1900-12-31 23:59:59",
    "2024-01-31T13:30-0800",
]
GOOD += ["2024-05-31T13:30:15.999Z", "0001-01-01", "9999-12-31T23:59+14:00"]
BAD = ["2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31"]
BAD += ["2024-01-00", "2024-01-01T24:00", "2024-01-01T09:60", "2024-01-01 09:30:60"]


def column(*texts):
    return pa.chunked_array([pa.array(texts, pa.string())])


def test_dates_of_the_calendar_pass():
    check_dates(column(*GOOD, None), "d")
    check_dates(column(), "d")
    check_dates(column(None), "d")


@pytest.mark.parametrize("text", BAD)
def test_others_are_told_with_their_row(text):
    said = f"column 'd': values must be dates of the calendar, got '{text}' in row 3"
    with pytest.raises(DataError, match=said.replace(".", r"\.")):
        check_dates(column("2024-01-01", None, "2024-12-31", text, text), "d")
    assert not date_parts(tf.constant([text])).valid.numpy().any()


def test_the_first_of_several_is_told():
    with pytest.raises(DataError, match="'2024-01-01T24:00' in row 7"):
        check_dates(column("2024-01-01", "2024-01-01T24:00", "2024-02-30"), "d", 6)
    with pytest.raises(DataError, match="'2024-02-30'; correct it, or leave it empty"):
        check_dates(column("2024-02-30", "2024-01-01T24:00"), "d", None)
    with pytest.raises(DataError, match="dates such as .* got 'soon' in row 1;"):
        check_dates(column("2024-02-30", "soon"), "d")


def test_every_day_of_the_calendar_is_one():
    first = datetime.date(1899, 12, 30)
    days = [first + datetime.timedelta(n) for n in range(0, 80_000, 7)]
    check_dates(column(*(day.isoformat() for day in days)), "d")


@pytest.mark.parametrize("bad", [0, 1, 49_999, 73_210, 99_999])
def test_a_late_mistake_is_found_by_halving(bad, monkeypatch):
    casts, are_days = [], calendar._are_days
    monkeypatch.setattr(
        calendar, "_are_days", lambda texts: casts.append(len(texts)) or are_days(texts)
    )
    texts = ["2024-02-29"] * 100_000
    texts[bad] = "2023-02-29"
    chunked = pa.chunked_array([texts[:60_000], texts[60_000:]])
    with pytest.raises(DataError, match=f"'2023-02-29' in row {bad};"):
        check_dates(chunked, "d")
    assert len(casts) <= 18
    assert sum(casts) <= 2 * len(texts)
