"""Bins for `PiecewiseLinear`, from the quantiles of a sample."""

import numpy as np


def quantile_bins(x: np.ndarray, bins: int = 48) -> list[list[float]]:
    """Return the edges of at most ``bins`` bins for each column, ascending.

    The edges are the quantiles 0, 1/bins, …, 1 of the column in float32, equal ones
    merged. A column of one value v gets the one bin from v to v + max(1, |v|).

    Args:
        x: Sample, ``(rows, features)``, finite, rows >= 1.
        bins: Most bins of a column, >= 1.

    Raises:
        ValueError: An argument out of range, or values that are not finite.

    >>> quantile_bins(np.array([[0.0, 7.0], [1.0, 7.0], [9.0, 7.0]]), bins=2)
    [[0.0, 1.0, 9.0], [7.0, 14.0]]

    References: Gorishniy, Rubachev & Babenko 2022, section 3.2.1. The bin of columns
        without variation is ours.
    """
    x = np.asarray(x, dtype="float64")
    if x.ndim != 2 or not len(x):
        msg = f"quantile_bins: x must be (rows >= 1, features), got shape {x.shape}"
        raise ValueError(msg)
    if bins < 1:
        msg = f"quantile_bins: bins must be >= 1, got {bins}"
        raise ValueError(msg)
    if not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0]
        msg = (
            f"quantile_bins: x must be finite, got {x[row, column]} in row {row}, "
            f"column {column}"
        )
        raise ValueError(msg)
    quantiles = np.quantile(x, np.linspace(0, 1, bins + 1), axis=0).astype("float32")
    columns = [np.unique(column) for column in quantiles.T]
    return [
        edges.tolist() if len(edges) > 1 else _one_bin(float(edges[0]))
        for edges in columns
    ]


def _one_bin(value: float) -> list[float]:
    return [value, value + max(1.0, abs(value))]
