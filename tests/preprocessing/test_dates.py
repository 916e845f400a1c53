"""Days and cycles against Python's calendar."""

import datetime
import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.data import Column, infer_columns, read_table
from mlpkit.errors import DataError
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
    parts = date_parts(tf.constant(texts))
    cycles = parts.cycles(clock=True)
    assert parts.valid.numpy().all()
    assert parts.days.numpy().tolist() == [(m - EPOCH).days for m in moments]
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
        ("2024-05-31T13:30+02:00", 41400),
        ("2024-05-31T13:30:15-0130", 54015),
        ("2024-06-01T01:00+02:00", 82800),
        ("2024-05-30T23:00:00-02:00", 3600),
    ],
)
def test_forms(text, seconds):
    parts = date_parts(tf.constant([text]))
    assert parts.valid.numpy().all()
    expected = (datetime.date(2024, 5, 31) - datetime.date(1970, 1, 1)).days
    assert float(parts.days[0]) == expected
    assert float(parts.clock[0]) == pytest.approx(seconds / 86400, abs=1e-6)


def test_what_is_no_date_is_missing():
    texts = ["", "31.5.2024", "2024-5-1", "soon"]
    texts += ["2023-02-29", "2024-13-01", "2024-00-10", "2024-01-01T24:00"]
    assert not date_parts(tf.constant(texts)).valid.numpy().any()
    assert date_parts(tf.constant(["2024-02-29", "2000-02-29"])).valid.numpy().all()


def test_column_from_table_to_matrix():
    rows = [datetime.datetime(2024, 1, d, 6) for d in range(1, 10)] + [None]
    table = read_table({"d": rows})
    statistics = fit_statistics(table, infer_columns(table))
    assert not statistics.columns[0].clock  # always six o'clock
    matrix = encode_table(Encoder(statistics), table)
    assert matrix.shape == (10, 6)  # days, two cycles, indicator
    assert (np.diff(matrix[:9, 0]) > 0).all()
    assert matrix[9].tolist() == [0, 0, 0, 0, 0, 1]


def test_texts_with_a_zone_and_timestamps_encode_alike():
    utc = [datetime.datetime(2024, 1, d, 22, 30) for d in range(1, 9)]
    ahead = [
        (m + datetime.timedelta(hours=2)).isoformat(timespec="minutes") + "+02:00"
        for m in utc
    ]
    matrices = []
    for rows in (utc, ahead):
        table = read_table({"d": rows})
        statistics = fit_statistics(table, infer_columns(table))
        matrices.append(encode_table(Encoder(statistics), table))
    np.testing.assert_array_equal(*matrices)


def test_text_that_is_no_date_is_an_error_in_a_table():
    table = read_table({"d": ["2024-01-01", "2024-02-01"] * 3})
    encoder = Encoder(fit_statistics(table, infer_columns(table)))
    with pytest.raises(DataError, match="'d': values must be dates.*got 'soon'"):
        encode_table(encoder, read_table({"d": ["soon"]}))
    wrong = read_table({"d": ["2024-01-01", "2024-02-30"]})
    said = "'d': values must be dates of the calendar, got '2024-02-30'"
    for kinds in ({}, {"d": "datetime"}):
        with pytest.raises(DataError, match=f"{said} in row 1"):
            infer_columns(wrong, kinds=kinds)
    with pytest.raises(DataError, match=f"{said};"):  # of distinct values
        fit_statistics(wrong, [Column("d", "datetime", 2, 0)])
    with pytest.raises(DataError, match=f"{said} in row 1"):
        encode_table(encoder, wrong)


def test_rows_are_counted_over_blocks():
    table = read_table({"d": ["2024-01-01", "2024-02-01"] * 40_000})
    encoder = Encoder(fit_statistics(table, infer_columns(table)))
    texts = table.column("d").to_pylist()
    texts[70_000] = "soon"
    with pytest.raises(DataError, match="got 'soon' in row 70000"):
        encode_table(encoder, read_table({"d": texts}))
