"""Which part of a search this process is, by KerasTuner's environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from mlpkit.config import seconds_of
from mlpkit.errors import UsageError

_ID, _IP, _PORT = (
    "KERASTUNER_TUNER_ID",
    "KERASTUNER_ORACLE_IP",
    "KERASTUNER_ORACLE_PORT",
)
_PATIENCE = "MLPKIT_PATIENCE"


@dataclass(frozen=True)
class Place:
    """A process among those of a search.

    Attributes:
        name: Of the process.
        address: Of the chief, ``"host:port"``.
        patience: Seconds without a sign of the other after which a worker takes its
            chief for dead, and a chief its worker.
    """

    name: str
    address: str
    patience: float = 60.0

    @property
    def is_chief(self) -> bool:
        """Whether it has the oracle: its name contains ``chief``, as in KerasTuner."""
        return "chief" in self.name


def place(environment: Mapping[str, str] | None = None) -> Place | None:
    """Return this process' part; None where it searches alone.

    Raises:
        UsageError: A variable is missing or cannot be.
    """
    given = os.environ if environment is None else environment
    if _IP not in given:
        return None
    missing = [name for name in (_PORT, _ID) if name not in given]
    if missing:
        msg = f"{missing[0]} must be set where {_IP} is: chief and workers need all"
        raise UsageError(f"{msg} of {_ID}, {_IP}, {_PORT}")
    if not given[_PORT].isdigit():
        msg = f"{_PORT} must be the number of a port, got {given[_PORT]!r}"
        raise UsageError(msg)
    try:
        patience = seconds_of(given.get(_PATIENCE, "60s"))
    except ValueError as error:
        msg = f"{_PATIENCE} {error}"
        raise UsageError(msg) from None
    return Place(given[_ID], f"{given[_IP]}:{given[_PORT]}", patience)


HERE = Place("chief", "127.0.0.1:0")
"""The chief of workers on this machine, at any port that is free."""
