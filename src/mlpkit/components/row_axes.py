"""Targets and weights brought to the axes of the outputs: members, rows, units."""

from typing import Any

from keras import ops


def with_row_axes(values: Any, outputs: Any, width: int, owner: str) -> Any:
    """Return targets or weights such that they broadcast against the outputs.

    ``(rows, width)`` and ``(m, rows, width)`` stay; with width 1 the last axis may be
    missing. A rank that both ``(rows, 1)`` and ``(m, rows)`` have is the former if the
    last axis is known to be 1.

    Args:
        values: As above.
        outputs: ``(rows, units)`` or ``(m, rows, units)``.
        width: Numbers per row of the values.
        owner: Named in the error.

    Raises:
        ValueError: Shapes that do not fit.

    >>> outputs = ops.zeros((2, 5, 3))
    >>> with_row_axes(ops.zeros(5), outputs, 1, "Loss").shape
    TensorShape([5, 1])
    >>> with_row_axes(ops.zeros((2, 5)), outputs, 1, "Loss").shape
    TensorShape([2, 5, 1])
    """
    given = tuple(values.shape)
    if width == 1 and not _has_units(given, tuple(outputs.shape)):
        values = ops.expand_dims(values, -1)
    wanted = (*outputs.shape[:-1], width)
    if len(wanted) not in {2, 3} or not _fits(tuple(values.shape), wanted):
        msg = (
            f"{owner}: outputs must be (rows, units) or (members, rows, units), and "
            f"targets and weights have the same rows and {width} per row, got shapes "
            f"{tuple(outputs.shape)} and {given}"
        )
        raise ValueError(msg)
    return values


def _has_units(shape: tuple, outputs: tuple) -> bool:
    if len(shape) < 2 or len(shape) >= len(outputs):
        return len(shape) >= len(outputs)
    return shape[-1] == 1 and _equal(shape[-2], outputs[-2])


def _fits(shape: tuple, wanted: tuple) -> bool:
    pairs = zip(reversed(shape), reversed(wanted), strict=False)
    return 2 <= len(shape) <= len(wanted) and all(_equal(*pair) for pair in pairs)


def _equal(one: int | None, two: int | None) -> bool:
    return one is None or two is None or one == two
