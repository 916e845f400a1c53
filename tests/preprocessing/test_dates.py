"""Days and cycles against Python's calendar."""

import datetime
import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.data import infer_columns, read_table
from mlpkit.preprocessing import Encoder, encode_table, fit_statistics
from mlpkit.preprocessing.dates import date_parts

EPOCH = datetime.datetime(1970, 1, 1)


@given(
    st.lists(
        st.datetimes(datetime.datetime(1600, 1, 1), datetime.datetime(2400, 1, 1)),
        min_size=1,
        max_size=20,
    )
)
def test_days_and_weekday(moments):
    texts = [m.replace(microsecond=0).isoformat() for m in moments]
    days, cycles, valid = date_parts(tf.constant(texts), clock=True)
    assert valid.numpy().all()
    whole = np.array([(m - EPOCH).days for m in moments])
    assert np.floor(days.numpy() + 1e-6).tolist() == pytest.approx(whole, abs=1)
    turn = np.array([2 * math.pi * (m.isoweekday() % 7) / 7 for m in moments])
    np.testing.assert_allclose(cycles[:, 1], np.sin(turn), atol=1e-5)
    np.testing.assert_allclose(cycles[:, 4], np.cos(turn), atol=1e-5)
    clock = np.array(
        [
            2 * math.pi * (m.hour * 3600 + m.minute * 60 + m.second) / 86400
            for m in moments
        ]
    )
    np.testing.assert_allclose(cycles[:, 2], np.sin(clock), atol=1e-5)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-05-31", 0),
        ("2024-05-31T13:30", 48600),
        ("2024-05-31 13:30:15", 48615),
        ("2024-05-31T13:30Z", 48600),
        ("2024-05-31T13:30:15.123Z", 48615),
    ],
)
def test_forms(text, seconds):
    days, _, valid = date_parts(tf.constant([text]), clock=True)
    assert valid.numpy().all()
    expected = (datetime.date(2024, 5, 31) - datetime.date(1970, 1, 1)).days
    assert float(days[0]) == pytest.approx(expected + seconds / 86400, abs=2e-3)


def test_what_is_no_date_is_missing():
    _, _, valid = date_parts(
        tf.constant(["", "31.5.2024", "2024-5-1", "soon"]), clock=False
    )
    assert not valid.numpy().any()


def test_column_from_table_to_matrix():
    rows = [datetime.datetime(2024, 1, d, 6) for d in range(1, 10)] + [None]
    table = read_table({"d": rows})
    statistics = fit_statistics(table, infer_columns(table))
    assert not statistics.columns[0].clock  # always six o'clock
    matrix = encode_table(Encoder(statistics), table)
    assert matrix.shape == (10, 6)  # days, two cycles, indicator
    assert (np.diff(matrix[:9, 0]) > 0).all()
    assert matrix[9].tolist() == [0, 0, 0, 0, 0, 1]
