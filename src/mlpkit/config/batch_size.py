"""How many rows a step has where nobody says."""


def batch_size_for(rows: int) -> int:
    """Return the batch size for a number of rows.

    References: pytabkit's "auto" rule for RealMLP, one step lower below 512 rows.

    >>> [batch_size_for(n) for n in (200, 1_000, 5_000, 20_000, 90_000, 10**6)]
    [32, 64, 128, 256, 512, 1024]
    """
    limits = ((512, 32), (1024, 64), (8192, 128), (30_000, 256), (100_000, 512))
    return next((size for limit, size in limits if rows <= limit), 1024)
