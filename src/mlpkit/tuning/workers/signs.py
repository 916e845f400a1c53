"""What chief and workers tell each other beside KerasTuner's messages."""

from typing import Any

import grpc

_WORKER, _SEARCH, _FATAL = "mlpkit-worker-bin", "mlpkit-search-bin", "mlpkit-fatal-bin"
_SPENT, _TOTAL = "mlpkit-spent", "mlpkit-total"
_LONGEST = 2000  # characters; gRPC refuses headers over 8 KB

REFUSED = grpc.StatusCode.FAILED_PRECONDITION
"""The trial is another worker's by now."""
STRANGER = grpc.StatusCode.INVALID_ARGUMENT
"""The worker is of another search."""
ENDED = grpc.StatusCode.ABORTED
"""The chief has met an error of its own."""


class LeaseLost(BaseException):
    """The trial is another worker's by now.

    No failure of the trial, so no Exception: nobody must take it for one.
    """


class ChiefGone(BaseException):
    """The chief does not answer. No failure of the trial, so no Exception."""


def from_worker(
    worker: str, search: str, fatal: str = ""
) -> tuple[tuple[str, bytes], ...]:
    """Return the metadata of a worker's call."""
    told = ((_WORKER, worker.encode()), (_SEARCH, search.encode()))
    return (*told, (_FATAL, fatal[:_LONGEST].encode())) if fatal else told


def read_worker(metadata: Any) -> tuple[str, str, str]:
    """Return a worker's name, its search and its fatal error; empty where not told."""
    found = dict(metadata or ())
    name, search, fatal = (
        found.get(key, b"").decode() for key in (_WORKER, _SEARCH, _FATAL)
    )
    return name, search, fatal


def from_chief(spent: float, total: float | None) -> tuple[tuple[str, str], ...]:
    """Return the metadata of a chief's answer: the clock of the whole search."""
    told = ((_SPENT, repr(spent)),)
    return told if total is None else (*told, (_TOTAL, repr(total)))


def read_chief(metadata: Any) -> tuple[float, float | None] | None:
    """Return the seconds spent and those given; None where it is not told."""
    found = dict(metadata or ())
    if _SPENT not in found:
        return None
    total = found.get(_TOTAL)
    return float(found[_SPENT]), None if total is None else float(total)
