"""ISO 8601 dates into days and cycles, in TensorFlow."""

import math
from typing import NamedTuple

import tensorflow as tf

from mlpkit.data.calendar import ISO_DATE

_EPOCH = "1970-01-01"
_MIDNIGHT = "T00:00:00"
_ZONE = r"[+-]\d{2}:?\d{2}$"
_DAYS_PER_YEAR = 365.2425
_DAY = 86_400  # seconds


class DateParts(NamedTuple):
    """What a column of dates is encoded from, one entry per row.

    Attributes:
        days: Whole days since 1970-01-01 in UTC, float32.
        clock: Time of day in [0, 1), float32.
        valid: Whether the text is a date that the calendar has.
    """

    days: tf.Tensor
    clock: tf.Tensor
    valid: tf.Tensor

    def cycles(self, *, clock: bool) -> tf.Tensor:
        """Return sine and cosine of year, week and, if asked, day."""
        # days modulo 7 first: the quotient of large numbers would lose digits
        week = tf.math.floormod(self.days + 4, 7.0) / 7
        turns = [self.days / _DAYS_PER_YEAR, week]
        if clock:
            turns.append(self.clock)
        angles = 2 * math.pi * tf.stack([t - tf.floor(t) for t in turns], axis=1)
        return tf.concat([tf.sin(angles), tf.cos(angles)], axis=1)


def date_parts(texts: tf.Tensor) -> DateParts:
    """Return days, time of day and validity of ISO 8601 dates, shape ``(rows,)``.

    ``2024-05-31``, also with ``T13:30`` or ``T13:30:15`` (a space does for the T), and
    then with ``Z`` or an offset such as ``+02:00``. Without one, UTC is meant.

    >>> parts = date_parts(tf.constant(["1970-01-02T01:00+02:00", "1970-02-30"]))
    >>> parts.days.numpy().tolist(), parts.valid.numpy().tolist()
    ([0.0, 0.0], [True, False])
    """
    valid = tf.strings.regex_full_match(texts, ISO_DATE)
    texts = tf.where(valid, texts, _EPOCH)
    shift = _offset_seconds(texts)
    plain = tf.strings.regex_replace(texts, _ZONE, "")
    plain = tf.strings.regex_replace(plain, "Z$", "")
    # a date alone gets the whole suffix, hours and minutes get their seconds from it
    padded = tf.strings.join([plain, _MIDNIGHT])
    year, month, day = (_number(padded, *at) for at in ((0, 4), (5, 2), (8, 2)))
    hour, minute, second = (_number(padded, *at) for at in ((11, 2), (14, 2), (17, 2)))
    first = _days_from_civil(year, month, tf.ones_like(day))
    after = _days_from_civil(year + month // 12, month % 12 + 1, tf.ones_like(day))
    in_year = (month >= 1) & (month <= 12) & (day >= 1) & (day <= after - first)
    valid &= in_year & (hour < 24) & (minute < 60) & (second < 60)
    seconds = hour * 3600 + minute * 60 + second - shift
    days = tf.where(valid, first + day - 1 + seconds // _DAY, 0)
    clock = tf.where(valid, seconds % _DAY, 0)
    return DateParts(
        tf.cast(days, tf.float32), tf.cast(clock, tf.float32) / _DAY, valid
    )


def _offset_seconds(texts: tf.Tensor) -> tf.Tensor:
    """Seconds that the offset at the texts' end is ahead of UTC."""
    found = tf.strings.regex_full_match(texts, ".*" + _ZONE)
    zone = tf.strings.regex_replace(texts, r".*([+-]\d{2}):?(\d{2})$", r"\1\2")
    zone = tf.where(found, zone, "+0000")
    sign = tf.where(tf.strings.substr(zone, 0, 1) == "-", -1, 1)
    return sign * (_number(zone, 1, 2) * 3600 + _number(zone, 3, 2) * 60)


def _number(texts: tf.Tensor, start: int, length: int) -> tf.Tensor:
    return tf.strings.to_number(tf.strings.substr(texts, start, length), tf.int32)


def _days_from_civil(year: tf.Tensor, month: tf.Tensor, day: tf.Tensor) -> tf.Tensor:
    """Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant's method)."""
    year = year - tf.cast(month <= 2, tf.int32)  # the year begins in March
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468
