from mlpkit.tuning.workers import signs


def test_what_is_told_is_read():
    told = signs.from_worker("wörker", "search", "no rows")
    assert signs.read_worker(told) == ("wörker", "search", "no rows")
    assert signs.read_worker(None) == ("", "", "")
    assert signs.read_chief(signs.from_chief(0.1, 1 / 3)) == (0.1, 1 / 3)
    assert signs.read_chief(signs.from_chief(0.1, None)) == (0.1, None)
    assert signs.read_chief(()) is None


def test_long_errors_fit_into_a_header():
    told = signs.from_worker("one", "any", "x" * 100_000)
    assert sum(len(value) for _, value in told) < 8000


def test_no_failure_of_a_trial():
    assert not issubclass(signs.LeaseLost, Exception)
    assert not issubclass(signs.ChiefGone, Exception)
