"""The errors mlpkit raises on purpose, under one base class.

    MlpkitError
    ├── UsageError     wrong use: an option, a config key, a name (exit code 2)
    ├── DataError      the table cannot be used as asked          (exit code 1)
    ├── OutputError    a file or folder could not be written      (exit code 1)
    ├── ServingError   rows that an exported model cannot take    (exit code 1)
    └── WorkerError    another process of the training is gone    (exit code 1)

An error says what must hold, where, what came, and what to do. Components raise
plain ``ValueError`` instead, as Keras does: they must work without this package.
"""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "DataError",
    "MlpkitError",
    "OutputError",
    "ServingError",
    "UsageError",
    "WorkerError",
    "suggest",
]


class MlpkitError(Exception):
    """Base of every error raised on purpose; ``exit_code`` is the command line's."""

    exit_code = 1


class UsageError(MlpkitError, ValueError):
    """Something that was asked for does not exist or is out of range."""

    exit_code = 2


class DataError(MlpkitError, ValueError):
    """The table's content cannot be used as asked."""


class OutputError(MlpkitError, OSError):
    """A result could not be written; nothing half-written is left behind."""


class ServingError(MlpkitError, ValueError):
    """Rows do not fit the exported model."""


class WorkerError(MlpkitError, RuntimeError):
    """Another process that takes part in the training is gone, or does otherwise."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for a near miss, else what is known.

    >>> suggest("wieght", ["weight", "height"])
    "; did you mean 'weight'?"
    >>> suggest("colour", ["weight", "height"])
    '; known: height, weight'
    """
    known = sorted(known)
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    return f"; known: {shown}" if known else ""
