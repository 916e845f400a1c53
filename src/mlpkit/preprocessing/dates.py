"""ISO 8601 dates into days and cycles, in TensorFlow."""

import math

import tensorflow as tf

_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?$"
_EPOCH = "1970-01-01"
_MIDNIGHT = "T00:00:00"
_DAYS_PER_YEAR = 365.2425


def date_parts(
    texts: tf.Tensor, *, clock: bool
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return days since 1970, the cycles, and which texts are dates.

    Args:
        texts: ``2024-05-31``, ``2024-05-31T13:30`` or with seconds, shape ``(rows,)``.
        clock: Whether to give the cycle of the day as well.

    Returns:
        Days as float32 ``(rows,)`` with the time of day as fraction; sine and cosine
        of year, week and (with ``clock``) day, float32 ``(rows, 4 or 6)``; a mask.

    >>> days, cycles, valid = date_parts(tf.constant(["1970-01-02", ""]), clock=False)
    >>> days.numpy().tolist(), valid.numpy().tolist()
    ([1.0, 0.0], [True, False])
    """
    valid = tf.strings.regex_full_match(texts, _ISO)
    texts = tf.where(valid, texts, _EPOCH)
    # a date alone gets the whole suffix, hours and minutes get their seconds from it
    padded = tf.strings.join([tf.strings.regex_replace(texts, "Z$", ""), _MIDNIGHT])
    days = _days_from_civil(
        _number(padded, 0, 4), _number(padded, 5, 2), _number(padded, 8, 2)
    )
    hour, minute = _number(padded, 11, 2), _number(padded, 14, 2)
    second = _number(padded, 17, 2)
    fraction = tf.cast(hour * 3600 + minute * 60 + second, tf.float32) / 86_400
    whole = tf.cast(days, tf.float32)
    turns = [whole / _DAYS_PER_YEAR, tf.cast((days + 4) % 7, tf.float32) / 7]
    if clock:
        turns.append(fraction)
    angles = 2 * math.pi * tf.stack([turn - tf.floor(turn) for turn in turns], axis=1)
    cycles = tf.concat([tf.sin(angles), tf.cos(angles)], axis=1)
    return whole + fraction, cycles, valid


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
